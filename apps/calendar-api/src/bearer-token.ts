/**
 * Step 6: who may come in. A resource server's whole duty (RFC 6750), read from top to bottom: is there a token, is it
 * meant for us, is it genuine, is it still good, does it allow what is asked for. The rest of this app only ever sees the
 * `AccessToken` that comes out of it.
 *
 * It stands alone. `signing-keys.ts` and `ended-tokens.ts` hold what it has to know; neither is asked over the network
 * for a token that is fine.
 */
import { type Clock, seconds } from '@glasshouse/shared/clock'
import type { Request, RequestHandler, Response } from 'express'
import jwt, { type JwtHeader, type JwtPayload } from 'jsonwebtoken'
import { invalidRequest, invalidToken, noToken, Refusal, withChallenge } from './challenge'
import type { EndedTokens } from './ended-tokens'
import { Problem, type ProblemType } from './problem'
import { queryOf } from './request-target'
import { KeysUnavailable, type SigningAlgorithm, type SigningKey, type SigningKeys } from './signing-keys'

export const SCOPES = ['calendar.read', 'calendar.write'] as const
export type Scope = (typeof SCOPES)[number]

/** What an access token that was checked allows, and to whom. */
export interface AccessToken {
  /** The resource owner: the token's `sub`. undefined when a client got it for itself (RFC 6749 §4.4). */
  owner: string | undefined
  /** Who asks, on the owner's behalf if there is one. */
  clientId: string
  scope: ReadonlySet<string>
}

export interface TokenChecks {
  /** The only `iss` that is trusted. */
  issuer: string
  /** This API: the `aud` that a token has to be for. */
  audience: string
  /** RFC 9728 §5.1: where a client that is refused learns which authorization server issues tokens for this resource. */
  metadataUrl: (request: Request) => string
  keys: SigningKeys
  endedTokens: EndedTokens
  clock: Clock
}

/** The authorization server's clock and ours may differ by this. In seconds; RFC 7519 §4.1.4 allows "a few minutes". */
const CLOCK_TOLERANCE_S = 5
const ALGORITHMS: readonly string[] = ['ES256', 'RS256'] satisfies SigningAlgorithm[]

/** Makes the guard that a route puts in front of itself: `router.get('/', requireScope('calendar.read'), …)`. */
export function bearerToken(checks: TokenChecks): (scope: Scope) => RequestHandler {
  return scope => async (request, response, next) => {
    const metadataUrl = checks.metadataUrl(request)
    try {
      const token = readBearerToken(request)
      const accessToken = await checkAccessToken(token, checks)
      // RFC 6750 §3.1: insufficient_scope, 403, and the scope that would do.
      if (!accessToken.scope.has(scope)) {
        throw new Refusal(403, 'insufficient_scope', 'bearer.scope', `The token does not allow ${scope}.`, { scope })
      }
      response.locals.accessToken = accessToken
      response.locals.metadataUrl = metadataUrl
      next()
    } catch (error) {
      next(error instanceof Refusal ? withChallenge(error, metadataUrl) : error)
    }
  }
}

/**
 * The person for whom the token that was let in speaks.
 * @throws Problem 403 when it speaks for nobody, with a challenge (RFC 6750 §3) that names no scope: none would help
 */
export function ownerOf(response: Response): string {
  const { accessToken, metadataUrl } = response.locals as { accessToken: AccessToken; metadataUrl: string }
  if (accessToken.owner !== undefined) return accessToken.owner
  const why =
    'An event belongs to a person, and this token was given to an app for itself (client_credentials). ' +
    'Get one that a person has consented to (authorization_code).'
  throw withChallenge(new Refusal(403, 'insufficient_scope', 'bearer.owner', why), metadataUrl)
}

/**
 * Reads the token out of the request (RFC 6750 §2).
 * @throws Refusal
 */
export function readBearerToken({ headers, rawHeaders, url }: Pick<Request, 'headers' | 'rawHeaders' | 'url'>): string {
  // §2.1: in the Authorization header, and only there: a token in an address ends up in logs and histories (§5.3).
  const { authorization = '' } = headers
  // §3.1: a request without any token gets a challenge and no error code.
  // RFC 9110 §11.4: and so does one that answers to a scheme that was not asked for.
  if (!/^bearer(?![^ ])/i.test(authorization)) {
    throw noToken()
  }
  // §3.1: invalid_request when a parameter is repeated, or more than one method is used to send a token.
  if (isRepeated(rawHeaders)) {
    throw invalidRequest('bearer.repeated', 'There is more than one Authorization header.')
  }
  if (queryOf(url).has('access_token')) {
    throw invalidRequest('bearer.second', 'Send the access token in the Authorization header, and nowhere else.')
  }
  // §2.1: credentials = "Bearer" 1*SP b64token
  const token = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)?.[1]
  if (!token) throw invalidRequest('bearer.malformed', 'After the word Bearer and a space there has to be a token.')
  return token
}

/**
 * Checks a token in the profile of RFC 9068 §4, and whether it was ended.
 * @throws Refusal `invalid_token`; Problem 503 when it cannot be checked now
 */
export async function checkAccessToken(token: string, checks: TokenChecks): Promise<AccessToken> {
  const header = readHeader(token)
  // RFC 9068 §4: typ is at+jwt, so that no other JWT of this issuer, an ID token say, passes for an access token.
  if (!/^(application\/)?at\+jwt$/i.test(String(header.typ))) throw invalidToken('bearer.typ', 'It is no access token.')
  // RFC 8725 §3.1, RFC 9068 §4: the algorithm is one we chose, never "none", never one that takes the public key for a
  // shared secret (HS256).
  if (!ALGORITHMS.includes(header.alg)) throw invalidToken('bearer.alg', 'It is signed in a way that is not accepted.')
  // RFC 7515 §4.1.11: an extension that is marked critical and not understood; we understand none.
  if ('crit' in header) throw invalidToken('bearer.crit', 'It needs an extension that is not known here.')

  // RFC 7515 §4.1.4: kid picks one of the issuer's published keys. A key that the token brings along (jwk, jku, x5u,
  // x5c) proves nothing and is not looked at.
  const key = await findKey(header.kid, checks)
  // RFC 8725 §3.1: each key is for one algorithm, and the header does not get to choose another.
  if (header.alg !== key.algorithm) throw invalidToken('bearer.key_alg', 'Its key is for another algorithm.')
  const claims = verifySignature(token, key)

  // RFC 9068 §4: iss is exactly the authorization server whose keys these are.
  if (claims.iss !== checks.issuer) throw invalidToken('bearer.iss', 'It is from another authorization server.')
  // RFC 9068 §4: aud names this API, alone or among others (RFC 7519 §4.1.3).
  if (![claims.aud].flat().includes(checks.audience)) throw invalidToken('bearer.aud', 'It is meant for another API.')
  // RFC 9068 §2.2: these are there; iss and aud were compared above.
  const { exp, nbf, iat, sub, client_id, jti, scope } = claims
  if (!isText(sub) || !isText(client_id) || !isText(jti) || !isNumber(iat) || !isNumber(exp)) {
    throw invalidToken('bearer.claims', 'A claim is missing from it.')
  }
  // RFC 7519 §4.1.4: not on or after exp.
  const now = seconds(checks.clock)
  if (now >= exp + CLOCK_TOLERANCE_S) throw invalidToken('bearer.exp', 'It has expired.')
  // RFC 7519 §4.1.5: not before nbf.
  if (nbf !== undefined && !(isNumber(nbf) && now >= nbf - CLOCK_TOLERANCE_S)) {
    throw invalidToken('bearer.nbf', 'It is not valid yet.')
  }
  // RFC 7519 §4.1.6 has no rule for iat. A token from the future shows that the two clocks disagree, and then exp cannot
  // be relied on either.
  if (now < iat - CLOCK_TOLERANCE_S) {
    throw invalidToken('bearer.iat', 'Its iat is in the future. Set the clocks of both servers.')
  }
  // Withdrawn, revoked or replayed: the authorization server keeps us informed. If it cannot, no token is good.
  if (!(await checks.endedTokens.upToDate())) {
    throw cannotCheck(
      checks,
      'bearer.ended_unknown',
      'This API cannot reach the authorization server, so it cannot tell whether the access token was withdrawn. ' +
        'It accepts no token until it can. Try again in a second.',
    )
  }
  if (checks.endedTokens.has(jti)) throw invalidToken('bearer.ended', 'It was withdrawn.')
  // RFC 6749 §3.3: a list of space-delimited, case-sensitive strings.
  // RFC 9068 §2.2: where no resource owner is involved, the subject is the client itself.
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
    // Its payload cannot be read.
  }
  throw invalidToken('bearer.form', 'It is not a signed JWT.')
}

async function findKey(kid: string | undefined, checks: TokenChecks) {
  try {
    const key = typeof kid === 'string' ? await checks.keys.find(kid) : undefined
    if (!key) throw invalidToken('bearer.kid', 'It is not signed with a key of the authorization server.')
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

/** The token may be good, but the authorization server is needed to say so. */
function cannotCheck({ audience }: TokenChecks, check: string, detail: string): Problem {
  const kind = authorizationServerUnavailable(audience)
  // signing-keys.ts and ended-tokens.ts try again after a second at most.
  return new Problem(503, detail, { kind, headers: { 'Retry-After': '1' }, check })
}

/** Stable: clients compare `type` to tell this 503 from others. The home page explains it under this address. */
export function authorizationServerUnavailable(resource: string): ProblemType {
  return { type: `${resource}/#authorization-server-unavailable`, title: 'Authorization Server Unavailable' }
}

/** The claims of a token that this key signed. What they say is for the caller to check, in sight of its reader. */
function verifySignature(token: string, { algorithm, publicKey }: SigningKey): JwtPayload {
  try {
    const claims = jwt.verify(token, publicKey, {
      algorithms: [algorithm],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    })
    return typeof claims === 'object' ? claims : {}
  } catch {
    throw invalidToken('bearer.signature', 'Its signature is not valid.')
  }
}

/** Node keeps the first of several Authorization headers and drops the others; the raw list has them all. */
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
