/**
 * Encryption of stored secrets that must be readable again, so that a hash will not do: AES-256-GCM with a key that is not
 * in the database, so that a stolen database is useless (RFC 6749 §10.3 and §10.4 require tokens to be confidential in
 * storage; RFC 6819 §5.1.4.1 says how).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12 // NIST SP 800-38D §8.2: 96 bits, never repeated with the same key
const TAG_BYTES = 16
const KEY_BYTES = 32

/** @param belongsTo the row and the column that it is stored in: it can be decrypted only for the same place */
export function seal(key: Buffer, text: string, belongsTo: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(belongsTo))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** @returns undefined if it was sealed with another key or for another place, or was modified */
export function unseal(key: Buffer, sealed: string, belongsTo: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(belongsTo))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}

/**
 * Derives a key from a secret that already has another use (RFC 5869). Neither use reveals anything about the other.
 * @param purpose what the key is for; each purpose gives a different key
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES))
}
