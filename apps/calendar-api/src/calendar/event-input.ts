/** Reads the event that a client sent. Every field is checked, and an error names the field. */
import { sentEvent } from '../description/sent-event'
import { invalid, Problem } from '../problem'
import type { EventContent, Span } from './event'
import { parse } from './parse'
import { InvalidRule } from './recurrence/rule'
import { Series } from './recurrence/series'
import type { Moment } from './sent-time'
import type { EventTime } from './time'

export { isEventId } from './event-id'

export interface EventInput {
  /** For a new event, if the client chose one. */
  id: string | undefined
  content: EventContent
  span: Span
}

type Json = Record<string, unknown>

/**
 * @param body the parsed JSON. `null` means the same as an omitted member. Other members are ignored: a client that changes
 * an event sends `etag` and `created` back, and a client written for Google's calendar sends `kind` and `htmlLink`.
 * @throws Problem 400 that names the first invalid field
 */
export function readEvent(body: unknown): EventInput {
  if (!isObject(body))
    throw new Problem(400, 'The body must be a JSON object that describes an event.', { check: 'event' })
  const { id, start, end, recurrence, status = 'confirmed', ...rest } = parse(sentEvent, withoutNulls(body))
  checkOrder(start, end)
  const repeated = readRecurrence(recurrence, start.time, end.time)
  return {
    id,
    content: { status, ...rest, start: start.time, end: end.time, recurrence: repeated?.lines },
    span: repeated?.span ?? { startAt: start.at, endAt: end.at },
  }
}

/**
 * Applies a merge patch to an event (RFC 7396). A time has either `date` or `dateTime`, so a patch that sets one of them
 * removes the other.
 * @returns the changed event as a client would send it, for `readEvent`
 * @throws Problem 400
 */
export function mergeEvent(current: EventContent, patch: unknown): Json {
  if (!isObject(patch))
    throw new Problem(400, 'The body must be a JSON object with the members to change.', { check: 'event' })
  const merged = merge({ ...current }, patch)
  for (const name of ['start', 'end'] as const) {
    const change = patch[name]
    if (isObject(change) && isOtherKind(current[name], change)) merged[name] = change
  }
  return merged
}

/** An event has no deeper members, but a hostile patch may have. */
const DEEPEST = 4

/** RFC 7396 §2. A member that is to be removed becomes `null`. */
function merge(current: Json, patch: Json, depth = DEEPEST): Json {
  const changes = Object.entries(patch).map(([name, change]) => {
    const before = Object.hasOwn(current, name) ? current[name] : undefined
    const isPart = depth > 0 && isObject(change) && isObject(before)
    return [name, isPart ? merge(before, change, depth - 1) : change]
  })
  return { ...current, ...Object.fromEntries(changes) }
}

function withoutNulls(value: unknown, depth = DEEPEST): unknown {
  if (depth === 0) return value
  if (Array.isArray(value)) return value.map(item => withoutNulls(item, depth - 1))
  if (!isObject(value)) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member, depth - 1)]))
}

function isOtherKind(current: EventTime, change: Json): boolean {
  return typeof ('date' in current ? change.dateTime : change.date) === 'string'
}

/** @returns the lines, and when the first event begins and the last is over; undefined if the event does not repeat */
function readRecurrence(
  lines: string[] | undefined,
  start: EventTime,
  end: EventTime,
): { lines: string[]; span: Span } | undefined {
  if (lines === undefined || lines.length === 0) return undefined
  try {
    const series = new Series({ start, end, recurrence: lines })
    series.check()
    return { lines, span: series.span() }
  } catch (error) {
    if (error instanceof InvalidRule) throw invalid({ pointer: '#/recurrence' }, error.message)
    throw error
  }
}

function checkOrder(start: Moment, end: Moment): void {
  const wholeDay = 'date' in start.time
  if (wholeDay !== 'date' in end.time) {
    throw invalid({ pointer: '#/end' }, 'must be of the same kind as start: both dateTime or both date')
  }
  if (wholeDay && end.at <= start.at) {
    throw invalid({ pointer: '#/end/date' }, 'must be after start/date, because it is the day after the last day')
  }
  if (end.at < start.at) throw invalid({ pointer: '#/end/dateTime' }, 'must not be before start/dateTime')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
