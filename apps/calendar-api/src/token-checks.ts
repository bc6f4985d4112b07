/** What every endpoint that takes an access token checks it with. */
import type { TokenChecks } from './bearer-token'
import type { Context } from './context'
import { metadataUrlOf } from './endpoints/protected-resource-metadata'

export function tokenChecksOf({ config, tokenClock, keys, endedTokens }: Context): TokenChecks {
  return {
    issuer: config.issuer,
    audience: config.resource,
    metadataUrl: request => metadataUrlOf(config, request.originalUrl),
    keys,
    endedTokens,
    clock: jti => tokenClock.at(jti),
  }
}
