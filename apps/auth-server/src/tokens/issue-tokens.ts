/** The response of a grant: an access token and, where a user granted access, a refresh token. */
import { seconds } from '@glasshouse/shared/clock'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import type { Audience } from '../protocol/resource'
import { formatScope, type Scope } from '../protocol/scope'
import * as consents from '../store/consents'
import * as refreshTokens from '../store/refresh-tokens'
import type { Database } from '../store/schema'
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

/** Tokens that are signed, but not stored. Times in seconds since the epoch. */
export interface NewTokens {
  response: TokenResponse
  family: TokenFamily
  issuedAt: number
  /** When the access token expires. */
  expiresAt: number
  refreshToken: refreshTokens.RefreshToken | undefined
}

/**
 * Issues tokens to a client that a resource owner has granted access.
 * @param access of the access token; the refresh token keeps the family's (RFC 6749 §6, RFC 8707 §2.2)
 */
export async function issueTokens(
  context: Context,
  client: Client,
  family: TokenFamily,
  access: { scope: Scope; audience: Audience },
): Promise<TokenResponse> {
  const tokens = await createTokens(context, client, family, access)
  await storeTokens(context.db, tokens)
  return tokens.response
}

/** The first half of `issueTokens`, for a grant that stores them in a transaction: nothing should wait while this signs. */
export async function createTokens(
  context: Context,
  client: Client,
  family: TokenFamily,
  access: { scope: Scope; audience: Audience },
): Promise<NewTokens> {
  const { config, clock } = context
  const issuedAt = seconds(clock)
  const of = { subject: family.userId, clientId: family.clientId, familyId: family.id }
  const { scope, ...response } = await issueAccessToken(context, { ...access, ...of })
  const tokens = { family, issuedAt, expiresAt: issuedAt + config.accessTokenTtl }
  // RFC 7591 §2: only clients whose grant_types include refresh_token get one.
  if (!client.grantTypes.includes('refresh_token')) {
    return { ...tokens, response: { ...response, scope }, refreshToken: undefined }
  }
  const refreshToken = createOpaqueToken()
  return {
    ...tokens,
    response: { ...response, refresh_token: refreshToken, scope },
    refreshToken: {
      hash: hashToken(refreshToken),
      familyId: family.id,
      clientId: family.clientId,
      issuedAt,
      expiresAt: issuedAt + config.refreshTokenTtl,
    },
  }
}

/** The second half. @param db a transaction, when the grant runs in one */
export async function storeTokens(
  db: Database,
  { family, issuedAt, expiresAt, refreshToken }: NewTokens,
): Promise<void> {
  if (refreshToken) await refreshTokens.add(db, refreshToken)
  // Its row says when a refresh token was issued and until when it keeps its family; an access token has no row.
  else await consents.touch(db, family.userId, family.clientId, issuedAt)
  if (!refreshToken || refreshToken.expiresAt < expiresAt) await tokenFamilies.prolong(db, family.id, expiresAt)
}

/** Issues an access token without a refresh token. */
export async function issueAccessToken(
  { config, clock, keys }: Context,
  token: { subject: string; clientId: string; audience: Audience; scope: Scope; familyId: string },
): Promise<TokenResponse> {
  const key = await keys.current()
  return {
    access_token: await signAccessToken(key, clock, {
      ...token,
      issuer: config.issuer,
      lifetime: config.accessTokenTtl,
    }),
    token_type: 'Bearer',
    expires_in: config.accessTokenTtl,
    scope: formatScope(token.scope),
  }
}
