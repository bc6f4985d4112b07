/** Refreshing an access token (RFC 6749 §6), with rotation (RFC 9700 §4.14.2): each refresh token works once. */
import { seconds } from '@glasshouse/shared/clock'
import { inOneCommit } from '@glasshouse/shared/one-commit'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, refuseRepeated } from '../protocol/parameters'
import { narrowAudience } from '../protocol/resource'
import { includesScope, parseScope, type Scope } from '../protocol/scope'
import * as refreshTokens from '../store/refresh-tokens'
import type { Database } from '../store/schema'
import { askedAudience } from '../tokens/audience'
import { createTokens, storeTokens, type TokenResponse } from '../tokens/issue-tokens'
import { hashToken } from '../tokens/opaque-token'
import { endTokenFamily } from '../tokens/withdrawal'
import { type Grant, invalidGrant, stillRegistered } from './grant'

export const refreshTokenGrant: Grant = { type: 'refresh_token', redeem }

async function redeem(context: Context, client: Client, parameters: Parameters): Promise<TokenResponse> {
  const { db, clock } = context

  // RFC 6749 §6: refresh_token is REQUIRED.
  const hash = hashToken(parameters.require('refresh_token'))
  const now = seconds(clock)

  // §6, §10.4: the refresh token was issued to this client and is valid.
  const token = await refreshTokens.find(db, hash)
  if (!token || token.clientId !== client.id) {
    const cause = token ? 'refresh_token was issued to another client' : 'refresh_token is unknown'
    throw invalidGrant(context, 'refresh_token is unknown or was issued to another client', cause)
  }
  const { family } = token
  if (family.ended)
    throw new OAuthError('invalid_grant', 'the access that this refresh_token was issued for has been withdrawn')
  if (token.replaced) return refuseReplay(context, family.id)
  if (token.expiresAt <= now)
    throw new OAuthError('invalid_grant', 'refresh_token has expired; send the user through authorization again')

  // §6: the requested scope MUST NOT include any that was not originally granted. This is checked before the token
  // is replaced: a mistake in the request should not cost the client its access.
  const scope = readNarrowedScope(parameters, stillRegistered(client, family.scope))
  // RFC 8707 §2.2: the same for its audience.
  const audience = narrowAudience(family.audience, await askedAudience(context, parameters))
  // RFC 6749 §3.2: parameters MUST NOT be included more than once, even those that are not used here.
  refuseRepeated(parameters)

  // The old token is replaced and the new one stored in one transaction, so that a crash in between loses neither.
  const tokens = await createTokens(context, client, family, { scope, audience })
  const replace = async (transaction: Database) => {
    if (!(await refreshTokens.replace(transaction, hash, client.id, now))) return false
    await storeTokens(transaction, tokens)
    return true
  }
  const replaced = await inOneCommit(db, replace, { name: 'refresh tokens', row: hash })
  // Otherwise, another request with the same token was faster.
  return replaced ? tokens.response : refuseReplay(context, family.id)
}

/** RFC 9700 §4.14.2: a replaced token was used again. Two parties may hold it, and nobody can tell which one stole it, so both lose it. */
async function refuseReplay(context: Context, familyId: string): Promise<never> {
  await endTokenFamily(context, familyId)
  throw new OAuthError(
    'invalid_grant',
    'refresh_token was already used, so every token of this connection has been revoked; send the user through authorization again',
  )
}

function readNarrowedScope(parameters: Parameters, granted: Scope): Scope {
  const text = parameters.get('scope')
  if (text === undefined) return granted
  const scope = parseScope(text)
  if (scope.length === 0 || !includesScope(granted, scope)) {
    throw new OAuthError('invalid_scope', 'scope asks for more than was granted')
  }
  return scope
}
