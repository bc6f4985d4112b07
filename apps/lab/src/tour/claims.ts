/** The claims of the access token that a request carries. They are no secret: only the signature is. */
import type { Message } from '../capture/messages'
import { headerOf } from '../capture/read-message'
import { referencedIds } from '../capture/references'
import type { Reader } from './wire'

export interface ShownClaim {
  name: string
  value: string
  note: string
}

export function claimsOf({ request }: Message, notes: Record<string, string>, { values }: Reader): ShownClaim[] {
  const [id] = referencedIds(headerOf(request, 'authorization') ?? '')
  const stored = id === undefined ? undefined : values.get(id)?.claims
  const claims: Record<string, unknown> = stored ? JSON.parse(stored).claims : {}
  return Object.entries(notes).flatMap(([name, note]) =>
    claims[name] === undefined ? [] : [{ name, value: inWords(name, claims[name]), note }],
  )
}

function inWords(name: string, value: unknown): string {
  const text = JSON.stringify(value)
  const isTime = /^(?:exp|iat|nbf)$/.test(name) && typeof value === 'number'
  return isTime ? `${text} (${new Date(value * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC)` : text
}
