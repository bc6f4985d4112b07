/** The life of one value in a run: every message in which it, or its hash, stands, from birth to death. */
import { inPlace, type Message } from '../capture/messages'
import { requestWire, responseWire, type Wire, type WirePart } from './wire'

export interface Place {
  message: Message
  half: 'request' | 'response'
  /** The lines that hold it, such as `&code=`. */
  where: string[]
  /** It is a value that belongs to the followed one: its hash, or a token that names it. */
  related: boolean
}

/** @param ids the followed value's, and those of the values that belong to it */
export function placesOf(messages: Message[], ids: string[], related: (id: string) => string[]): Place[] {
  const wanted = new Set(ids)
  const [own] = ids
  return inPlace(messages).flatMap(message =>
    (['request', 'response'] as const).flatMap((half): Place[] => {
      const wire = half === 'request' ? requestWire(message) : responseWire(message)
      const hits = wire ? linesWith(wire, wanted, related) : []
      if (hits.length === 0) return []
      return [{ message, half, where: hits.map(({ label }) => label), related: hits.every(({ id }) => id !== own) }]
    }),
  )
}

function linesWith(
  wire: Wire,
  wanted: Set<string>,
  related: (id: string) => string[],
): { label: string; id: string }[] {
  return [wire.start, ...wire.lines, ...wire.plumbing].flatMap(line =>
    line.value.flatMap(part => {
      const id = idIn(part)
      const hit = id !== undefined && [id, ...related(id)].find(one => wanted.has(one))
      return hit ? [{ label: line.name ?? line.before.trim(), id: hit }] : []
    }),
  )
}

function idIn(part: WirePart): string | undefined {
  if (typeof part === 'string') return undefined
  return 'valueId' in part ? part.valueId : part.followId
}
