/** Opaque random values: authorization codes, refresh tokens, client secrets. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** RFC 6749 §10.10: a guess succeeds with a probability of at most 2^-160. 32 random bytes make it 2^-256. */
const RANDOM_BYTES = 32

/** @returns 43 base64url characters */
export function createOpaqueToken(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}

/** The hash to store instead of the value. Plain SHA-256 is enough: with 256 bits of entropy, values cannot be guessed. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}

/** Compares a value with a stored hash in constant time. */
export function matchesHash(token: string, stored: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(token)), Buffer.from(stored))
}
