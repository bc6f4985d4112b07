/** The response of a grant: an access token and, where a user granted access, a refresh token. */
import { seconds } from '@glasshouse/shared/clock'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import type { Audience } from '../protocol/resource'
import { formatScope, type Scope } from '../protocol/scope'
import * as consents from '../store/consents'
import * as refreshTokens from '../store/refresh-tokens'
import type { TokenFamily } from '../store/token-families'
import * as tokenFamilies from '../store/token-families'
import { signAccessToken } from './access-token'
import { createOpaqueToken, hashToken } from './opaque-token'

/** RFC 6749 §5.1, with the names that are sent. */
export interface TokenResponse {
  access_token: string
  token_type: 'Bearer'
  /** Seconds. */
  expires_in: number
  /** Missing for a client that is not registered for `refresh_token` or that acts on its own behalf (§4.4.3). */
  refresh_token?: string
  scope: string
}

/**
 * Issues tokens to a client that a resource owner has granted access.
 * @param access of the access token; the refresh token keeps the family's (RFC 6749 §6, RFC 8707 §2.2)
 * @param db a transaction, when the grant runs in one
 */
export async function issueTokens(
  context: Context,
  client: Client,
  family: TokenFamily,
  access: { scope: Scope; audience: Audience },
  db = context.db,
): Promise<TokenResponse> {
  const { config, clock } = context
  const now = seconds(clock)
  const { scope: granted, ...response } = await issueAccessToken(
    context,
    { ...access, subject: family.userId, clientId: family.clientId, familyId: family.id },
    db,
  )
  await consents.touch(db, family.userId, family.clientId, now)

  // RFC 7591 §2: only clients whose grant_types include refresh_token get one.
  const refreshable = client.grantTypes.includes('refresh_token')
  const expiresAt = now + config.refreshTokenTtl
  const accessExpiresAt = now + config.accessTokenTtl
  await tokenFamilies.prolong(db, family.id, refreshable ? Math.max(expiresAt, accessExpiresAt) : accessExpiresAt)
  if (!refreshable) return { ...response, scope: granted }
  const refreshToken = createOpaqueToken()
  await refreshTokens.add(db, {
    hash: hashToken(refreshToken),
    familyId: family.id,
    clientId: family.clientId,
    issuedAt: now,
    expiresAt,
  })
  return { ...response, refresh_token: refreshToken, scope: granted }
}

/** Issues an access token without a refresh token. @param db a transaction, when the grant runs in one */
export async function issueAccessToken(
  { config, clock, keys, db: ownDb }: Context,
  token: { subject: string; clientId: string; audience: Audience; scope: Scope; familyId: string },
  db = ownDb,
): Promise<TokenResponse> {
  const key = await keys.current(db)
  return {
    access_token: signAccessToken(key, clock, { ...token, issuer: config.issuer, lifetime: config.accessTokenTtl }),
    token_type: 'Bearer',
    expires_in: config.accessTokenTtl,
    scope: formatScope(token.scope),
  }
}
