/** Two messages side by side, line by line: what is the same, what differs, and what is new each time and so always differs. */
import { diffArrays, diffWordsWithSpace } from 'diff'
import type { Message } from '../capture/messages'
import { requestWire, responseWire, type Wire, type WireLine, type WirePart } from '../watch/wire'

/** `new each time`: random values and times, which differ between any two messages. */
export type Outcome = 'same' | 'differs' | 'new each time' | 'only left' | 'only right'

export interface LinePair {
  left?: WireLine
  right?: WireLine
  outcome: Outcome
}

export interface ComparedMessages {
  request: LinePair[]
  response: LinePair[]
  /** Headers that every message has. They do not count. */
  plumbing: LinePair[]
  /** Whether anything differs that is not new each time. */
  differs: boolean
}

/** Where a value stands that is random, or that says when or how long. */
const NEW_EACH_TIME = new Set([
  'code_challenge',
  'request',
  'date',
  'etag',
  'if-match',
  'content-length',
  'cookie',
  'set-cookie',
  'traceparent',
  'x-request-id',
  'id',
  'created',
  'updated',
  'nextSyncToken',
])

export type KindOfValue = (valueId: string) => string | undefined

export function compareMessages(left: Message, right: Message, kindOf: KindOfValue): ComparedMessages {
  const requests = [requestWire(left), requestWire(right)] as const
  const responses = [responseWire(left), responseWire(right)] as const
  const compare = (pair: readonly [Wire | undefined, Wire | undefined], lines: (wire: Wire) => WireLine[]) =>
    compareLines(pair[0] ? lines(pair[0]) : [], pair[1] ? lines(pair[1]) : [], kindOf)
  const request = compare(requests, wire => [wire.start, ...wire.lines])
  const response = compare(responses, wire => [wire.start, ...wire.lines])
  const plumbing = [requests, responses].flatMap(pair => compare(pair, wire => wire.plumbing))
  return { request, response, plumbing, differs: [...request, ...response].some(pair => counts(pair.outcome)) }
}

function counts(outcome: Outcome): boolean {
  return outcome !== 'same' && outcome !== 'new each time'
}

/** Lines with the same name stand beside each other, so that their values can be compared. */
function compareLines(left: WireLine[], right: WireLine[], kindOf: KindOfValue): LinePair[] {
  const pairs: LinePair[] = []
  let [atLeft, atRight] = [0, 0]
  for (const { count = 0, added, removed } of diffArrays(left.map(nameOf), right.map(nameOf))) {
    for (let index = 0; index < count; index++) {
      const one = added ? undefined : left[atLeft++]
      const other = removed ? undefined : right[atRight++]
      pairs.push({ ...(one && { left: one }), ...(other && { right: other }), outcome: outcomeOf(one, other, kindOf) })
    }
  }
  return pairs
}

/** Text without a name, such as a bracket of JSON, is its own name. */
function nameOf(line: WireLine): string {
  return `${line.kind} ${line.name ?? (line.kind === 'start' ? '' : withoutSign(line.before))}`
}

/** The first parameter begins with ? and the others with &. */
function withoutSign(before: string): string {
  return before.replace(/^[?&]/, '').replace(COUNT_OF_MORE, '… more')
}

/** How many members of a list are not shown says how full a calendar is, and nothing about the protocol. */
const COUNT_OF_MORE = /… \d+ more\b/

function outcomeOf(left: WireLine | undefined, right: WireLine | undefined, kindOf: KindOfValue): Outcome {
  if (!left) return 'only right'
  if (!right) return 'only left'
  if (valueText(left) === valueText(right)) return 'same'
  return isNewEachTime(left, right, kindOf) ? 'new each time' : 'differs'
}

/** With the ids of secret values: two that are masked alike are not the same. */
function valueText({ before, value, after }: WireLine): string {
  const written = value.map(part => (typeof part === 'string' ? part : 'valueId' in part ? part.valueId : part.text))
  return [before.replace(/^[?&]/, ''), ...written, after.replace(/,$/, '')].join('\n')
}

function isNewEachTime(left: WireLine, right: WireLine, kindOf: KindOfValue): boolean {
  if (left.name !== undefined && NEW_EACH_TIME.has(left.name)) return true
  const [one, other] = [shapeOf(left.value, kindOf), shapeOf(right.value, kindOf)]
  return withoutSign(left.before) === withoutSign(right.before) && one === other
}

/** The value with the kind of a secret in place of the secret, and one word for any time (RFC 3339) and any event's id. */
function shapeOf(value: WirePart[], kindOf: KindOfValue): string {
  return value
    .map(part => {
      if (typeof part !== 'string') return 'valueId' in part ? `\u0000${kindOf(part.valueId)}\u0000` : part.text
      return part
        .replace(/\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:\.\d+)?(?:Z|(?:[+-]|%2B)\d\d(?::|%3A)\d\d)/g, 'time')
        .replace(/(?<=\/calendar\/events\/)[\w-]+/, 'id')
    })
    .join('')
}

export interface Piece {
  text: string
  changed: boolean
}

/** The value of one side, with the part that the other side does not have marked. */
export function markedPieces(own: string, others: string): Piece[] {
  const pieces = diffWordsWithSpace(others, own)
    .filter(({ removed }) => !removed)
    .map(({ value, added }) => ({ text: value, changed: added === true }))
  // A few letters that two random values share by chance say nothing.
  const shared = pieces.filter(({ changed }) => !changed).reduce((length, { text }) => length + text.length, 0)
  return shared * 4 < own.length ? [{ text: own, changed: true }] : pieces
}
