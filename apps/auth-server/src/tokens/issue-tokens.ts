/** What a grant answers with: an access token and a refresh token of one family (RFC 6749 §5.1). */
import { seconds } from '@glasshouse/shared/clock'
import type { Context } from '../context'
import { formatScope, type Scope } from '../protocol/scope'
import * as consents from '../store/consents'
import * as refreshTokens from '../store/refresh-tokens'
import type { TokenFamily } from '../store/token-families'
import { signAccessToken } from './access-token'
import { createOpaqueToken, hashToken } from './opaque-token'

/** RFC 6749 §5.1, wire names: this is what is sent. */
export interface TokenResponse {
  access_token: string
  token_type: 'Bearer'
  /** Seconds. */
  expires_in: number
  refresh_token: string
  scope: string
}

/**
 * @param scope of the access token; the refresh token keeps the family's (RFC 6749 §6)
 * @param db a transaction, when the grant runs in one
 */
export async function issueTokens(
  context: Context,
  family: TokenFamily,
  scope: Scope,
  db = context.db,
): Promise<TokenResponse> {
  const { config, clock, keys } = context
  const now = seconds(clock)
  const key = await keys.current(db)
  const accessToken = signAccessToken(key, clock, {
    issuer: config.issuer,
    subject: family.userId,
    audience: family.audience,
    clientId: family.clientId,
    scope,
    familyId: family.id,
    lifetime: config.accessTokenTtl,
  })
  const refreshToken = createOpaqueToken()
  await refreshTokens.add(db, {
    hash: hashToken(refreshToken),
    familyId: family.id,
    clientId: family.clientId,
    issuedAt: now,
    expiresAt: now + config.refreshTokenTtl,
  })
  await consents.touch(db, family.userId, family.clientId, now)
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: config.accessTokenTtl,
    refresh_token: refreshToken,
    scope: formatScope(scope),
  }
}
