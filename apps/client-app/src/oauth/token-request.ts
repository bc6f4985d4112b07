/** Steps 4, 5 and 7: the token request, its response, and the refresh (RFC 6749 §4.1.3, §5, §6); revocation (RFC 7009). */
import { tripmate } from '@glasshouse/shared/cast'
import type { Context } from '../context'
import { type HttpResponse, NoAnswer, readJson } from '../http-client'
import { AuthServerUnavailable } from './server-metadata'

export interface TokenSet {
  accessToken: string
  /** In seconds from now. */
  expiresIn: number
  refreshToken: string | undefined
  scope: string
}

/** The authorization server refused the request (RFC 6749 §5.2). */
export class TokenRefused extends Error {
  constructor(
    readonly code: string,
    readonly description: string | undefined,
  ) {
    super(description ? `${code}: ${description}` : code)
  }
}

/**
 * Redeems an authorization code: steps 4 and 5.
 * @param requestedScope what a response without `scope` means (RFC 6749 §5.1)
 * @throws TokenRefused, AuthServerUnavailable
 */
export async function redeemCode(
  context: Context,
  code: string,
  codeVerifier: string,
  requestedScope: string,
): Promise<TokenSet> {
  // RFC 6749 §4.1.3, and RFC 7636 §4.5 for the verifier
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: context.config.redirectUri,
    ...credentials(context),
    code_verifier: codeVerifier,
  }
  return requestTokens(context, form, requestedScope)
}

/**
 * Refreshes: step 7. This uses up the old refresh token, so `connection.ts` calls it once at a time.
 * @throws TokenRefused, AuthServerUnavailable
 */
export async function refreshTokens(context: Context, refreshToken: string, grantedScope: string): Promise<TokenSet> {
  // RFC 6749 §6
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials(context) }
  return requestTokens(context, form, grantedScope)
}

/**
 * Revokes a token that is no longer needed (RFC 7009 §2.1).
 * @throws AuthServerUnavailable unless the answer was 200
 */
export async function revokeToken(context: Context, token: string, hint: string): Promise<void> {
  const { revocationEndpoint } = await context.metadata.get()
  if (!revocationEndpoint) throw new AuthServerUnavailable('broken', 'its metadata has no revocation endpoint')
  const form = { token, token_type_hint: hint, ...credentials(context) }
  const { status } = await post(context, revocationEndpoint, form)
  if (status !== 200) throw new AuthServerUnavailable('broken', `the revocation endpoint answered with ${status}`)
}

/** RFC 6749 §2.3.1, `client_secret_post`: the literal request of the scenario. */
function credentials({ config }: Context) {
  return { client_id: tripmate.id, client_secret: config.clientSecret }
}

async function requestTokens(context: Context, form: Record<string, string>, askedScope: string): Promise<TokenSet> {
  const { tokenEndpoint } = await context.metadata.get()
  return readTokenResponse(await post(context, tokenEndpoint, form), askedScope)
}

function post(context: Context, url: string, form: Record<string, string>): Promise<HttpResponse> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }
  const request = { method: 'POST' as const, url, headers, body: new URLSearchParams(form).toString() }
  return context.http(request).catch(error => {
    throw error instanceof NoAnswer ? new AuthServerUnavailable(error.why, error.message) : error
  })
}

/** RFC 6749 §5.1 and §5.2, as a client reads them. @throws TokenRefused, AuthServerUnavailable */
export function readTokenResponse(response: HttpResponse, askedScope: string): TokenSet {
  const body = readJson(response)
  if (response.status >= 400 && response.status < 500 && typeof body?.error === 'string') {
    throw new TokenRefused(body.error, asText(body.error_description))
  }
  if (response.status !== 200 || !body) {
    throw new AuthServerUnavailable('broken', `the token endpoint answered with ${response.status}`)
  }
  const { access_token: accessToken, token_type: type, expires_in: expiresIn } = body
  // §7.1: a client MUST NOT use an access token if it does not understand its type. §5.1: the type is case insensitive.
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw new AuthServerUnavailable('broken', 'the token is not of type Bearer')
  }
  if (typeof accessToken !== 'string' || !accessToken) {
    throw new AuthServerUnavailable('broken', 'access_token is missing from the response')
  }
  return {
    accessToken,
    expiresIn: readLifetime(expiresIn),
    refreshToken: asText(body.refresh_token),
    // §5.1: scope is optional if it is what was asked for.
    scope: asText(body.scope) ?? askedScope,
  }
}

/** RFC 6749 §5.1: `expires_in` is only recommended. Without it, this is assumed; a token that expires earlier gets a 401. */
const ASSUMED_LIFETIME_S = 3600
const LONGEST_LIFETIME_S = 366 * 24 * 60 * 60

/** @param expiresIn a number of seconds, which some servers send as text. Anything else counts as left out. */
function readLifetime(expiresIn: unknown): number {
  const number = typeof expiresIn === 'string' && /^\s*\d+\s*$/.test(expiresIn) ? Number(expiresIn) : expiresIn
  const lifetime = typeof number === 'number' ? Math.floor(number) : 0
  return lifetime > 0 ? Math.min(lifetime, LONGEST_LIFETIME_S) : ASSUMED_LIFETIME_S
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined
}
