/**
 * Checking a signature takes twenty times as long as all other checks together, and its result cannot change. So it is done
 * once for each token and key. What can change (the time, the published keys, withdrawal) is still checked at each request.
 */
import { hash } from 'node:crypto'
import jwt, { type JwtPayload } from 'jsonwebtoken'
import type { SigningKey } from './signing-keys'

/** The newest tokens of each key that are remembered, with about 1 kB each. */
const REMEMBERED_TOKENS = 5_000

/** The claims by the token's SHA-256, so that no token stays in memory. They are forgotten together with their key. */
const verified = new WeakMap<SigningKey, Map<string, Readonly<JwtPayload>>>()

/**
 * Verifies a token's signature (RFC 7515 §5.2) and nothing else.
 * @param token with its signature: the same claims with another signature are another token
 * @param limit how many tokens of this key are remembered
 * @returns the claims, unchecked
 * @throws Error if this key has not signed the token
 */
export function verifiedClaims(token: string, key: SigningKey, limit = REMEMBERED_TOKENS): Readonly<JwtPayload> {
  const known = verified.get(key) ?? new Map<string, Readonly<JwtPayload>>()
  verified.set(key, known)
  const name = hash('sha256', token, 'base64')
  const remembered = known.get(name)
  if (remembered) return remembered

  const payload = jwt.verify(token, key.publicKey, {
    algorithms: [key.algorithm],
    ignoreExpiration: true,
    ignoreNotBefore: true,
  })
  const claims = Object.freeze(typeof payload === 'object' ? payload : {})
  known.set(name, claims)
  const [oldest] = known.keys()
  if (known.size > limit && oldest !== undefined) known.delete(oldest)
  return claims
}
