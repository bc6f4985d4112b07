/** Recomputes the code challenge from the verifier, as the authorization server did (RFC 7636 §4.6). */
import { createHash } from 'node:crypto'
import { parseBody, queryOf } from '../capture/read-message'
import { referencedIds } from '../capture/references'
import type { Found } from './proof'
import type { Reader } from './wire'

export interface Recomputed {
  verifier: string
  computed: string
  challenge: string
}

/** @returns undefined while the verifier is still of use, or one of the two is missing */
export function recompute(found: Found[], { values }: Reader): Recomputed | undefined {
  const sent = found.map(({ message: { request } }) => ({ ...queryOf(request.target), ...parseBody(request) }))
  const challenge = sent.find(one => one.code_challenge !== undefined)?.code_challenge
  const [id] = referencedIds(String(sent.find(one => one.code_verifier !== undefined)?.code_verifier ?? ''))
  const verifier = id === undefined ? undefined : values.get(id)?.plain
  if (!verifier || typeof challenge !== 'string') return undefined
  return { verifier, challenge, computed: createHash('sha256').update(verifier, 'ascii').digest('base64url') }
}
