/** Access tokens: JWTs in the profile of RFC 9068. */
import { randomUUID } from 'node:crypto'
import { type Clock, seconds } from '@glasshouse/shared/clock'
import jwt from 'jsonwebtoken'
import type { Audience } from '../protocol/resource'
import { formatScope, type Scope } from '../protocol/scope'
import { signJwt } from './sign-jwt'
import type { SigningKey } from './signing-keys'

/** RFC 9068 §2.1 */
const TYP = 'at+jwt'

/** An access token's claims (RFC 9068 §2.2). Times in seconds since the epoch. */
export interface AccessTokenClaims {
  iss: string
  sub: string
  /** One identifier, or an array of several (RFC 7519 §4.1.3). */
  aud: string | string[]
  exp: number
  iat: number
  /** `<token family>.<random>`: the whole value revokes this token, its first half the whole family. */
  jti: string
  client_id: string
  scope: string
}

/** @param lifetime in seconds */
export async function signAccessToken(
  key: SigningKey,
  clock: Clock,
  token: {
    issuer: string
    subject: string
    audience: Audience
    clientId: string
    scope: Scope
    familyId: string
    lifetime: number
  },
): Promise<string> {
  const issuedAt = seconds(clock)
  const claims: AccessTokenClaims = {
    iss: token.issuer,
    sub: token.subject,
    aud: token.audience.length === 1 ? token.audience.join() : [...token.audience],
    exp: issuedAt + token.lifetime,
    iat: issuedAt,
    jti: `${token.familyId}.${randomUUID()}`,
    client_id: token.clientId,
    scope: formatScope(token.scope),
  }
  return signJwt(key, TYP, claims)
}

/**
 * Reads an access token that this server issued, expired or not.
 * @returns its claims, or undefined when these keys did not sign it
 */
export function readAccessToken(keys: SigningKey[], token: string): AccessTokenClaims | undefined {
  const known = verified.get(token)
  if (known && keys.includes(known.key)) return known.claims
  try {
    const header = jwt.decode(token, { complete: true })?.header
    const key = keys.find(({ kid }) => header?.typ === TYP && kid === header.kid)
    if (!key) return undefined
    const options = { algorithms: [key.algorithm], ignoreExpiration: true }
    const claims = jwt.verify(token, key.publicKey, options) as AccessTokenClaims
    remember(token, { key, claims })
    return claims
  } catch {
    // This key did not sign it, or its content cannot be read.
    return undefined
  }
}

/**
 * Tokens whose signature was good. A resource server that introspects asks about the same token again and again, and to
 * check its signature costs more than everything else. A token does not change, so it is good as long as its key is.
 */
const verified = new Map<string, { key: SigningKey; claims: AccessTokenClaims }>()

/** About 4 MB. */
const MOST_VERIFIED = 5_000

function remember(token: string, entry: { key: SigningKey; claims: AccessTokenClaims }): void {
  const [oldest] = verified.keys()
  if (verified.size >= MOST_VERIFIED && oldest !== undefined) verified.delete(oldest)
  verified.set(token, entry)
}

/** The token family that a `jti` belongs to. */
export function familyOf(jti: string): string {
  return jti.slice(0, jti.indexOf('.'))
}

/**
 * The family of the tokens that a client gets on its own behalf (RFC 6749 §4.4). It has no record, because there is no
 * code, refresh token or user: its id is enough to revoke it. A client's id contains no dot.
 */
export function ownFamilyOf(clientId: string): string {
  return `client_${clientId}`
}
