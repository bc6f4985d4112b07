/** Looks in captured runs for the messages that prove a stop's answer. */
import type { Message } from '../capture/messages'
import { headerOf, parseBody, pathOf, queryOf } from '../capture/read-message'
import type { MessagePattern, Proof } from './stop'

export interface Found {
  proof: Proof
  message: Message
}

/** @returns the newest message for each piece of proof; undefined if one that is needed is missing */
export function findProof(messages: Message[], pieces: Proof[]): Found[] | undefined {
  const found = pieces.flatMap(proof => {
    const message = newestFirst(messages).find(one => fits(one, proof.finds))
    return message ? [{ proof, message }] : []
  })
  const isComplete = pieces.every(piece => piece.optional || found.some(({ proof }) => proof === piece))
  return isComplete ? found : undefined
}

function newestFirst(messages: Message[]): Message[] {
  return messages.toSorted((a, b) => b.startedAt - a.startedAt || b.place - a.place)
}

export function fits(message: Message, pattern: MessagePattern): boolean {
  const { request, response } = message
  if (pattern.from !== undefined && pattern.from !== message.from) return false
  if (pattern.to !== message.to || pattern.path !== pathOf(request.target)) return false
  if (pattern.method !== undefined && pattern.method !== request.method) return false
  if (!response || (pattern.status && !pattern.status.includes(response.status))) return false
  const location = headerOf(response, 'location')
  const answered = location === undefined ? parseBody(response) : queryOf(location)
  return (
    contains({ ...queryOf(request.target), ...parseBody(request) }, pattern.sends) &&
    contains(answered, pattern.answers)
  )
}

function contains(values: Record<string, unknown>, wanted: Record<string, string | true> = {}): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    value === true ? values[name] !== undefined : values[name] === value,
  )
}
