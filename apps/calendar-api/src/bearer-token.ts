/**
 * Step 6: who is let in. Everything OAuth asks of a resource server is here (RFC 6750, RFC 9068 §4), in the order in which
 * it is checked: is there a token, is it genuine, is it meant for this API, is it still good, and does it allow the
 * request? The rest of the app sees only the `AccessToken` that results.
 *
 * `signing-keys.ts` and `ended-tokens.ts` keep the keys and the list of withdrawn tokens up to date, so that checking a
 * token usually takes no network request.
 */
import { seconds } from '@glasshouse/shared/clock'
import type { Request, RequestHandler, Response } from 'express'
import jwt, { type JwtHeader, type JwtPayload } from 'jsonwebtoken'
import { invalidRequest, invalidToken, noToken, Refusal, withChallenge } from './challenge'
import type { EndedTokens } from './ended-tokens'
import { FOR_EVENTS } from './google-scopes'
import { Problem, type ProblemType } from './problem'
import { queryOf } from './request-target'
import type { Scope } from './scopes'
import { KeysUnavailable, type SigningAlgorithm, type SigningKey, type SigningKeys } from './signing-keys'
import { verifiedClaims } from './verified-tokens'

/** An access token that has passed every check. */
export interface AccessToken {
  /** The resource owner: the token's `sub`. undefined if a client got the token for itself (RFC 6749 §4.4). */
  owner: string | undefined
  /** The client that sent the request, on behalf of the owner if there is one. */
  clientId: string
  scope: ReadonlySet<string>
}

export interface TokenChecks {
  /** The only trusted `iss`. */
  issuer: string
  /** This API, which must be in the token's `aud`. */
  audience: string
  /** RFC 9728 §5.1: where a client that is refused learns which authorization server issues tokens for this resource. */
  metadataUrl: (request: Request) => string
  /** RFC 6750 §3: the scope that a 401 suggests a client should ask for. Without it, a 401 names none. */
  suggestedScope?: string
  keys: SigningKeys
  endedTokens: EndedTokens
  /** The time by which the token with this `jti` is judged, in milliseconds since the epoch. */
  clock: (jti: string) => number
}

/** How far the authorization server's clock and ours may differ, in seconds. RFC 7519 §4.1.4 allows "a few minutes". */
const CLOCK_TOLERANCE_S = 5
const ALGORITHMS: readonly string[] = ['ES256', 'RS256'] satisfies SigningAlgorithm[]

/**
 * Makes the guard for a route: `router.get('/', requireScope('calendar.read'), …)`. Without a scope, it lets in every good
 * token, and the route calls `checkScope` as soon as it knows what the request needs. `also` are scopes by Google's names,
 * of which each allows the same.
 */
export function bearerToken(checks: TokenChecks): (scope?: Scope, also?: string[]) => RequestHandler {
  return (scope, also) => async (request, response, next) => {
    const metadataUrl = checks.metadataUrl(request)
    try {
      const token = readBearerToken(request)
      response.locals.accessToken = await checkAccessToken(token, checks)
      response.locals.metadataUrl = metadataUrl
      if (scope) checkScope(response, scope, [scope], also)
      next()
    } catch (error) {
      next(error instanceof Refusal ? withChallenge(error, metadataUrl, checks.suggestedScope) : error)
    }
  }
}

/**
 * RFC 6750 §3.1: insufficient_scope, 403, and the scope that is needed.
 * @param named the scopes that the challenge names, if they are more than the one that is missing
 * @param also scopes by Google's names that allow the same
 * @throws Problem 403
 */
export function checkScope(
  response: Response,
  scope: Scope,
  named: readonly Scope[] = [scope],
  also: string[] = FOR_EVENTS[scope],
): void {
  const { accessToken, metadataUrl } = response.locals as { accessToken: AccessToken; metadataUrl: string }
  if (![scope, ...also].some(value => accessToken.scope.has(value))) {
    const why = `This request needs the scope ${scope}, which the access token does not have.`
    const refusal = new Refusal(403, 'insufficient_scope', 'bearer.scope', why, { scope: named.join(' ') })
    throw withChallenge(refusal, metadataUrl)
  }
}

/**
 * The user on whose behalf the client sends this request.
 * @throws Problem 403 if the token has no user. The challenge (RFC 6750 §3) names no scope, because no scope would help
 */
export function ownerOf(response: Response): string {
  const { accessToken, metadataUrl } = response.locals as { accessToken: AccessToken; metadataUrl: string }
  if (accessToken.owner !== undefined) return accessToken.owner
  const why =
    'An event belongs to a user, but this access token was issued to an app for itself (client_credentials). ' +
    'Get one that a user has approved (authorization_code).'
  throw withChallenge(new Refusal(403, 'insufficient_scope', 'bearer.owner', why), metadataUrl)
}

/** The client that sends this request. */
export function clientOf(response: Response): string {
  return (response.locals.accessToken as AccessToken).clientId
}

/**
 * Reads the token out of the request (RFC 6750 §2).
 * @throws Refusal
 */
export function readBearerToken({ headers, rawHeaders, url }: Pick<Request, 'headers' | 'rawHeaders' | 'url'>): string {
  // §2.1: only from the Authorization header. A token in a URL ends up in logs and browser histories (§5.3).
  const { authorization = '' } = headers
  // §3.1: a request without any token gets a challenge without an error code.
  // RFC 9110 §11.4: so does a request that uses another authentication scheme.
  if (!/^bearer(?![^ ])/i.test(authorization)) {
    throw noToken()
  }
  // §3.1: invalid_request when a parameter is repeated, or more than one method is used to send a token.
  if (isRepeated(rawHeaders)) {
    throw invalidRequest('bearer.repeated', 'The request has more than one Authorization header. Send one.')
  }
  if (queryOf(url).has('access_token')) {
    const why = 'The query contains an access token too. Send it only in the Authorization header.'
    throw invalidRequest('bearer.second', why)
  }
  // §2.1: credentials = "Bearer" 1*SP b64token
  const token = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)?.[1]
  if (!token) {
    const why = 'The Authorization header is malformed. Send the word Bearer, a space and the access token.'
    throw invalidRequest('bearer.malformed', why)
  }
  return token
}

/**
 * Checks a token as RFC 9068 §4 says, and whether it was withdrawn.
 * @throws Refusal `invalid_token`; Problem 503 if the token cannot be checked now
 */
export async function checkAccessToken(token: string, checks: TokenChecks): Promise<AccessToken> {
  const header = readHeader(token)
  // RFC 9068 §4: typ is at+jwt, so that no other JWT of this issuer, such as an ID token, passes for an access token.
  if (!/^(application\/)?at\+jwt$/i.test(String(header.typ))) {
    throw invalidToken('bearer.typ', 'It is not an access token: its typ is not at+jwt.')
  }
  // RFC 8725 §3.1, RFC 9068 §4: the algorithm is on our list. It is never "none", and never HS256, which would use the
  // public key as a shared secret.
  if (!ALGORITHMS.includes(header.alg)) throw invalidToken('bearer.alg', 'Its signing algorithm is not accepted.')
  // RFC 7515 §4.1.11: a token with a critical extension that we do not support is invalid. We support none.
  if ('crit' in header) throw invalidToken('bearer.crit', 'It requires an extension that this API does not support.')

  // RFC 7515 §4.1.4: kid selects one of the issuer's published keys. A key inside the token (jwk, jku, x5u, x5c) proves
  // nothing and is ignored.
  const key = await findKey(header.kid, checks)
  // RFC 8725 §3.1: each key is for one algorithm, and the header cannot choose another.
  if (header.alg !== key.algorithm) throw invalidToken('bearer.key_alg', 'Its algorithm does not match its key.')
  const claims = verifySignature(token, key)

  // RFC 9068 §4: iss is exactly the authorization server whose keys these are.
  if (claims.iss !== checks.issuer) throw invalidToken('bearer.iss', 'It was issued by another authorization server.')
  // RFC 9068 §4: aud contains this API, alone or with others (RFC 7519 §4.1.3).
  if (![claims.aud].flat().includes(checks.audience)) throw invalidToken('bearer.aud', 'It was issued for another API.')
  // RFC 9068 §2.2: the required claims. iss and aud were checked above.
  const { exp, nbf, iat, sub, client_id, jti, scope } = claims
  if (!isText(sub) || !isText(client_id) || !isText(jti) || !isNumber(iat) || !isNumber(exp)) {
    throw invalidToken('bearer.claims', 'A required claim is missing or has the wrong type.')
  }
  // RFC 7519 §4.1.4: not on or after exp.
  const now = seconds(() => checks.clock(jti))
  if (now >= exp + CLOCK_TOLERANCE_S) throw invalidToken('bearer.exp', 'It has expired.')
  // RFC 7519 §4.1.5: not before nbf.
  if (nbf !== undefined && !(isNumber(nbf) && now >= nbf - CLOCK_TOLERANCE_S)) {
    throw invalidToken('bearer.nbf', 'It is not valid yet.')
  }
  // RFC 7519 §4.1.6 has no rule for iat. But a token from the future means that the two clocks disagree, and then exp is
  // unreliable too.
  if (now < iat - CLOCK_TOLERANCE_S) {
    throw invalidToken('bearer.iat', 'Its iat is in the future. Check the clocks of both servers.')
  }
  // The user withdrew access, the client revoked the token, or a code was replayed: the authorization server keeps us
  // informed. While it cannot, no token is accepted.
  if (!(await checks.endedTokens.upToDate())) {
    throw cannotCheck(
      checks,
      'bearer.ended_unknown',
      'This API cannot reach the authorization server, so it cannot tell whether the access token was withdrawn. ' +
        'It accepts no token until it can. Try again in a second.',
    )
  }
  if (checks.endedTokens.has(jti)) throw invalidToken('bearer.ended', 'It was withdrawn.')
  // RFC 6749 §3.3: scope is a list of space-delimited, case-sensitive strings.
  // RFC 9068 §2.2: if no resource owner is involved, the subject is the client itself.
  return {
    owner: sub === client_id ? undefined : sub,
    clientId: client_id,
    scope: new Set(isText(scope) ? scope.split(' ') : []),
  }
}

function readHeader(token: string): JwtHeader {
  try {
    const header = jwt.decode(token, { complete: true })?.header
    if (typeof header === 'object') return header
  } catch {
    // The payload is not valid JSON.
  }
  throw invalidToken('bearer.form', 'It is not a signed JWT.')
}

async function findKey(kid: string | undefined, checks: TokenChecks) {
  try {
    const key = typeof kid === 'string' ? await checks.keys.find(kid) : undefined
    if (!key) throw invalidToken('bearer.kid', 'It was not signed with a key of the authorization server.')
    return key
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error
    throw cannotCheck(
      checks,
      'bearer.keys_unavailable',
      'This API cannot reach the authorization server, so it does not have the key to check the access token with. ' +
        'Try again in a second.',
    )
  }
}

/** The token may be good, but only the authorization server can tell. */
function cannotCheck({ audience }: TokenChecks, check: string, detail: string): Problem {
  const kind = authorizationServerUnavailable(audience)
  // signing-keys.ts and ended-tokens.ts try again after one second at most.
  return new Problem(503, detail, { kind, headers: { 'Retry-After': '1' }, check })
}

/** Clients compare `type` to tell this 503 from others, so it must not change. `/docs` has a section for it, and `/` leads there. */
export function authorizationServerUnavailable(resource: string): ProblemType {
  return { type: `${resource}/#authorization-server-unavailable`, title: 'Authorization Server Unavailable' }
}

/** @returns the claims of a token that this key has signed. The caller checks them, so that all checks stand together. */
function verifySignature(token: string, key: SigningKey): JwtPayload {
  try {
    return verifiedClaims(token, key)
  } catch {
    throw invalidToken('bearer.signature', 'Its signature is not valid.')
  }
}

/** Node keeps only the first of several Authorization headers; the raw list has all of them. */
function isRepeated(rawHeaders: string[]): boolean {
  const names = rawHeaders.filter((_value, index) => index % 2 === 0)
  return names.filter(name => name.toLowerCase() === 'authorization').length > 1
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}
