/** Values that mean nothing to their bearer: authorization codes, refresh tokens, client secrets. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** RFC 6749 §10.10: a guess succeeds with a probability of at most 2^-160. 32 random bytes make it 2^-256. */
const RANDOM_BYTES = 32

/** @returns 43 base64url characters */
export function createOpaqueToken(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}

/** What is stored instead of the value. Plain SHA-256 will do: there is too much chance in the value to try them all. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Compares a value with a stored hash, in a time that does not depend on where they differ. */
export function matchesHash(token: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(token)), Buffer.from(hash))
}
