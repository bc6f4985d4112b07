/** Whether a token's signature fits (RFC 7515 §5.2), by the keys that the authorization server publishes now. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { newTraceId } from '@glasshouse/shared/lab/trace'
import { callService } from '../own-calls'
import { decodePart, type Parts } from './token'

export type PublicKey = JsonWebKey & { kid?: string; alg?: string }

export type Verdict =
  /** Exactly these characters were signed with this key. */
  | 'fits'
  | 'does not fit'
  /** The header says that there is no signature, or names another kind of algorithm. */
  | 'no signature'
  /** The header names a key that is not published. */
  | 'unknown key'
  | 'keys unavailable'
  /** The Lab no longer has the signature. */
  | 'unknown signature'

export interface Checked {
  verdict: Verdict
  /** The published key that the header names. */
  key: PublicKey | undefined
}

/** The algorithms of the authorization server (RFC 7518 §3.3, §3.4). */
const ALGORITHMS = ['ES256', 'RS256']

/** @returns undefined if they cannot be read now */
export async function publishedKeys(authServerUrl: string): Promise<PublicKey[] | undefined> {
  try {
    // In nobody's run: it is the Lab that wants to know.
    const { response } = await callService(`${authServerUrl}/jwks`, newTraceId())
    const { keys } = (await response.json()) as { keys: PublicKey[] }
    return Array.isArray(keys) ? keys : undefined
  } catch {
    return undefined
  }
}

export function checkSignature({ header, claims, signature }: Parts, keys: PublicKey[] | undefined): Checked {
  const { alg, kid } = decodePart(header)
  const key = keys?.find(one => one.kid === kid)
  if (!ALGORITHMS.includes(String(alg))) return { verdict: 'no signature', key }
  if (!keys) return { verdict: 'keys unavailable', key }
  if (!key) return { verdict: 'unknown key', key }
  if (signature === undefined) return { verdict: 'unknown signature', key }
  const publicKey = createPublicKey({ key, format: 'jwk' })
  const signed = Buffer.from(`${header}.${claims}`)
  // RFC 7518 §3.4: the two numbers of the signature, one after the other.
  const form = key.kty === 'EC' ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const } : publicKey
  const fits = alg === (key.alg ?? alg) && verify('sha256', signed, form, Buffer.from(signature, 'base64url'))
  return { verdict: fits ? 'fits' : 'does not fit', key }
}
