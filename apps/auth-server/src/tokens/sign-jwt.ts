/**
 * Signs a JWT: JWS Compact Serialization (RFC 7515 §3.1). `jsonwebtoken` verifies here and at the API. It does not sign, because
 * `node:crypto` takes less time, and can sign in a thread of its own (`docs/decisions/jwt-and-withdrawal.md`).
 */
import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKey } from './signing-keys'

const signInThread = promisify(sign)

/**
 * @param typ what kind of JWT it is (RFC 7515 §4.1.9)
 * @param claims as they are sent (RFC 7519 §4); nothing is added
 */
export async function signJwt(key: SigningKey, typ: string, claims: object): Promise<string> {
  // RFC 7515 §7.1: BASE64URL(header) || '.' || BASE64URL(payload) || '.' || BASE64URL(signature)
  const signed = `${encode({ alg: key.algorithm, typ, kid: key.kid })}.${encode(claims)}`
  // RFC 7518 §3.3, §3.4: both algorithms use SHA-256. An ECDSA signature is R and S side by side (IEEE P1363), not DER.
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const
  // ES256 takes 0.04 ms, and to have it done in another thread 0.14; RS256 takes 0.75 ms, for which others would wait.
  const signIt = key.algorithm === 'ES256' ? sign : signInThread
  const signature = await signIt('sha256', Buffer.from(signed), options)
  return `${signed}.${signature.toString('base64url')}`
}

/** RFC 7515 §2: UTF-8, base64url without padding. */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
