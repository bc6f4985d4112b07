/** Reads the event that a client sent. Every field is checked, and an error names the field. */
import { z } from 'zod'
import { details } from '../description/event-details'
import { invalid, Problem } from '../problem'
import { type EventContent, type EventStatus, type Span, STATUSES } from './event'
import { parse } from './parse'
import { InvalidRule } from './recurrence/rule'
import { Series } from './recurrence/series'
import { type EventTime, findTimeZone, parseDate, parseDateTime, parseInstant, withOffset } from './time'

export interface EventInput {
  /** For a new event, if the client chose one. */
  id: string | undefined
  content: EventContent
  span: Span
}

type Json = Record<string, unknown>

/** In UTF-16 code units. The limit for descriptions is Google's. */
const LONGEST = { summary: 1024, description: 8192, location: 1024 }
const MOST_RECURRENCE_LINES = 20
const DETAILS = z.object(details).partial()

/**
 * @param body the parsed JSON. `null` means the same as an omitted member. Other members are ignored: a client that changes
 * an event sends `etag` and `created` back, and a client written for Google's calendar sends `kind` and `htmlLink`.
 * @throws Problem 400 that names the first invalid field
 */
export function readEvent(body: unknown): EventInput {
  if (!isObject(body))
    throw new Problem(400, 'The body must be a JSON object that describes an event.', { check: 'event' })
  const sent = withoutNulls(body) as Json
  const start = readTime(body.start, 'start')
  const end = readTime(body.end, 'end')
  checkOrder(start, end)
  const repeated = readRecurrence(body.recurrence, start.time, end.time)
  return {
    id: readId(body.id),
    content: {
      status: readStatus(body.status),
      summary: readText(body.summary, 'summary'),
      description: readText(body.description, 'description'),
      location: readText(body.location, 'location'),
      start: start.time,
      end: end.time,
      recurrence: repeated?.lines,
      ...parse(DETAILS, sent),
    },
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

/** Google's rule: base32hex, in lower case. A single event of a series also has its time. `stream` is the stream of changes. */
export function isEventId(id: unknown): id is string {
  return typeof id === 'string' && /^(?!stream$)[0-9a-v]{5,1024}(_\d{8}(T\d{6}Z)?)?$/.test(id)
}

function readId(id: unknown): string | undefined {
  if (isNothing(id)) return undefined
  if (!isEventId(id))
    throw invalid(
      { pointer: '#/id' },
      'must have 5 to 1024 characters, each a digit or a letter from a to v; not stream',
    )
  return id
}

function readStatus(value: unknown): EventStatus {
  if (isNothing(value)) return 'confirmed'
  const status = STATUSES.find(known => known === value)
  if (!status) throw invalid({ pointer: '#/status' }, `must be one of ${STATUSES.join(', ')}`)
  return status
}

function readText(text: unknown, name: keyof typeof LONGEST): string | undefined {
  if (isNothing(text)) return undefined
  const pointer = `#/${name}`
  if (typeof text !== 'string') throw invalid({ pointer }, 'must be text')
  if (text.length > LONGEST[name]) throw invalid({ pointer }, `must not be longer than ${LONGEST[name]} characters`)
  // A lone surrogate is not a character, and PostgreSQL cannot store NUL.
  if (/\0|\p{Surrogate}/u.test(text))
    throw invalid({ pointer }, 'contains a character that cannot be stored: NUL or half of a surrogate pair')
  return text
}

/** @returns the lines, and when the first event begins and the last is over; undefined if the event does not repeat */
function readRecurrence(lines: unknown, start: EventTime, end: EventTime): { lines: string[]; span: Span } | undefined {
  if (isNothing(lines) || (Array.isArray(lines) && lines.length === 0)) return undefined
  if (!Array.isArray(lines) || lines.length > MOST_RECURRENCE_LINES || !lines.every(isRecurrenceLine)) {
    throw invalid({ pointer: '#/recurrence' }, 'must be a list of lines such as "RRULE:FREQ=WEEKLY;COUNT=4"')
  }
  try {
    const series = new Series({ start, end, recurrence: lines })
    series.check()
    return { lines, span: series.span() }
  } catch (error) {
    if (error instanceof InvalidRule) throw invalid({ pointer: '#/recurrence' }, error.message)
    throw error
  }
}

function isRecurrenceLine(line: unknown): line is string {
  return typeof line === 'string' && /^[\x21-\x7e]{1,1024}$/.test(line)
}

interface Moment {
  time: EventTime
  /** Milliseconds since 1970. */
  at: number
}

function readTime(value: unknown, name: 'start' | 'end'): Moment {
  const pointer = `#/${name}`
  if (isNothing(value)) throw invalid({ pointer }, 'is missing')
  if (!isObject(value)) throw invalid({ pointer }, 'must be an object with either dateTime or date')
  const { date, dateTime, timeZone } = value
  if (isNothing(date) === isNothing(dateTime)) throw invalid({ pointer }, 'must have either dateTime or date')
  // A whole day has no time zone. Google's clients send one all the same, so it is ignored.
  return isNothing(date)
    ? readDateTime(dateTime, readTimeZone(timeZone, `${pointer}/timeZone`), pointer)
    : readDate(date, `${pointer}/date`)
}

function readDate(date: unknown, pointer: string): Moment {
  const at = typeof date === 'string' ? parseDate(date) : undefined
  if (typeof date !== 'string' || at === undefined) throw invalid({ pointer }, 'must be a date such as 2027-03-28')
  return { time: { date }, at }
}

function readDateTime(dateTime: unknown, zone: string | undefined, timePointer: string): Moment {
  const pointer = `${timePointer}/dateTime`
  const parts = typeof dateTime === 'string' ? parseDateTime(dateTime) : undefined
  if (typeof dateTime !== 'string' || !parts) {
    const hint = /:60/.test(String(dateTime)) ? ' (leap seconds are not supported)' : ''
    throw invalid({ pointer }, `must be an RFC 3339 date and time, such as 2027-03-28T10:00:00+02:00${hint}`)
  }
  if (!parts.offset && !zone) throw invalid({ pointer }, 'needs an offset such as Z or +02:00, or else a timeZone')
  const exact = parts.offset ? dateTime.toUpperCase() : withOffset(parts, zone ?? 'UTC')
  return { time: { dateTime: exact, ...(zone && { timeZone: zone }) }, at: parseInstant(exact) ?? Number.NaN }
}

function readTimeZone(name: unknown, pointer: string): string | undefined {
  if (isNothing(name)) return undefined
  if (typeof name !== 'string' || !findTimeZone(name)) {
    throw invalid({ pointer }, 'must be an IANA time zone name such as Europe/Amsterdam')
  }
  return name
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

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}
