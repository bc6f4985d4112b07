/** Reads an event out of what a client sent: every field is checked, and one that is wrong is named. */
import { invalid, Problem } from '../problem'
import { type EventContent, type EventStatus, type Span, STATUSES } from './event'
import { type EventTime, findTimeZone, parseDate, parseDateTime, parseInstant, withOffset } from './time'

export interface EventInput {
  /** Chosen by the client, for a new event. */
  id: string | undefined
  content: EventContent
  span: Span
}

type Json = Record<string, unknown>

/** In UTF-16 code units. The description's is Google's. */
const LONGEST = { summary: 1024, description: 8192, location: 1024 }
const MOST_RECURRENCE_LINES = 20

/**
 * @param body what was sent, as JSON.parse left it. `null` says the same as leaving a member out. Members that are not
 * read here are passed over: a client that changes what it got sends back `etag` and `created` too, and one written for
 * Google's calendar sends `attendees` and `reminders`.
 * @throws Problem 400 that names the first field that is wrong
 */
export function readEvent(body: unknown): EventInput {
  if (!isObject(body)) throw new Problem(400, 'The body has to be a JSON object: an event.', { check: 'event' })
  const start = readTime(body.start, 'start')
  const end = readTime(body.end, 'end')
  checkOrder(start, end)
  return {
    id: readId(body.id),
    content: {
      status: readStatus(body.status),
      summary: readText(body.summary, 'summary'),
      description: readText(body.description, 'description'),
      location: readText(body.location, 'location'),
      start: start.time,
      end: end.time,
      recurrence: readRecurrence(body.recurrence),
    },
    span: { startAt: start.at, endAt: end.at },
  }
}

/**
 * RFC 7396: applies a merge patch to an event. Of the two ways to give a time only one can stand, so a patch that brings
 * `date` need not also say `"dateTime": null`, nor the other way round.
 * @returns the event as a client would have to send it, to be read by `readEvent`
 * @throws Problem 400
 */
export function mergeEvent(current: EventContent, patch: unknown): Json {
  if (!isObject(patch)) throw new Problem(400, 'The body has to be a JSON object: a merge patch.', { check: 'event' })
  const merged: Json = { ...current, ...patch }
  for (const name of ['start', 'end'] as const) {
    const change = patch[name]
    if (isObject(change)) merged[name] = { ...(isOtherKind(current[name], change) ? {} : current[name]), ...change }
  }
  return merged
}

function isOtherKind(current: EventTime, change: Json): boolean {
  return typeof ('date' in current ? change.dateTime : change.date) === 'string'
}

/** Google's rule: base32hex in lower case. */
export function isEventId(id: unknown): id is string {
  return typeof id === 'string' && /^[0-9a-v]{5,1024}$/.test(id)
}

function readId(id: unknown): string | undefined {
  if (isNothing(id)) return undefined
  if (!isEventId(id)) throw invalid({ pointer: '#/id' }, 'has to be 5 to 1024 characters out of 0 to 9 and a to v')
  return id
}

function readStatus(value: unknown): EventStatus {
  if (isNothing(value)) return 'confirmed'
  const status = STATUSES.find(known => known === value)
  if (!status) throw invalid({ pointer: '#/status' }, `has to be one of ${STATUSES.join(', ')}`)
  return status
}

function readText(text: unknown, name: keyof typeof LONGEST): string | undefined {
  if (isNothing(text)) return undefined
  const pointer = `#/${name}`
  if (typeof text !== 'string') throw invalid({ pointer }, 'has to be text')
  if (text.length > LONGEST[name]) throw invalid({ pointer }, `is longer than ${LONGEST[name]} characters`)
  // Half of a pair of surrogates is no character, and NUL is none that PostgreSQL keeps.
  if (/\0|\p{Surrogate}/u.test(text)) throw invalid({ pointer }, 'has a character that cannot be kept')
  return text
}

/** Checked for its form only, kept and given back: lists do not expand it yet. */
function readRecurrence(lines: unknown): string[] | undefined {
  if (isNothing(lines) || (Array.isArray(lines) && lines.length === 0)) return undefined
  if (!Array.isArray(lines) || lines.length > MOST_RECURRENCE_LINES || !lines.every(isRecurrenceLine)) {
    throw invalid({ pointer: '#/recurrence' }, 'has to be a list of lines such as "RRULE:FREQ=WEEKLY;COUNT=4"')
  }
  return lines
}

/** RFC 5545 §3.8.5: a rule has a FREQ among its parts (§3.3.10); RDATE and EXDATE are taken as they are. */
function isRecurrenceLine(line: unknown): line is string {
  if (typeof line !== 'string' || line.length > 1024) return false
  if (/^(RDATE|EXDATE)[:;][\x21-\x7e]+$/.test(line)) return true
  if (!/^(RRULE|EXRULE):[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*$/.test(line)) return false
  return /[:;]FREQ=(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)(;|$)/.test(line)
}

interface Moment {
  time: EventTime
  /** Milliseconds since 1970. */
  at: number
}

function readTime(value: unknown, name: 'start' | 'end'): Moment {
  const pointer = `#/${name}`
  if (isNothing(value)) throw invalid({ pointer }, 'is missing')
  if (!isObject(value)) throw invalid({ pointer }, 'has to be an object with either dateTime or date')
  const { date, dateTime, timeZone } = value
  if (isNothing(date) === isNothing(dateTime)) throw invalid({ pointer }, 'has to have either dateTime or date')
  // A whole day is the same day everywhere: a time zone beside it, as Google's clients send, says nothing.
  return isNothing(date)
    ? readDateTime(dateTime, readTimeZone(timeZone, `${pointer}/timeZone`), pointer)
    : readDate(date, `${pointer}/date`)
}

function readDate(date: unknown, pointer: string): Moment {
  const at = typeof date === 'string' ? parseDate(date) : undefined
  if (typeof date !== 'string' || at === undefined) throw invalid({ pointer }, 'has to be a date such as 2027-03-28')
  return { time: { date }, at }
}

function readDateTime(dateTime: unknown, zone: string | undefined, timePointer: string): Moment {
  const pointer = `${timePointer}/dateTime`
  const parts = typeof dateTime === 'string' ? parseDateTime(dateTime) : undefined
  if (typeof dateTime !== 'string' || !parts) {
    const hint = /:60/.test(String(dateTime)) ? ' (leap seconds are not supported)' : ''
    throw invalid({ pointer }, `has to be a date and time as in RFC 3339, such as 2027-03-28T10:00:00+02:00${hint}`)
  }
  if (!parts.offset && !zone) throw invalid({ pointer }, 'needs an offset such as Z or +02:00, or a timeZone beside it')
  const exact = parts.offset ? dateTime.toUpperCase() : withOffset(parts, zone ?? 'UTC')
  return { time: { dateTime: exact, ...(zone && { timeZone: zone }) }, at: parseInstant(exact) ?? Number.NaN }
}

function readTimeZone(name: unknown, pointer: string): string | undefined {
  if (isNothing(name)) return undefined
  if (typeof name !== 'string' || !findTimeZone(name)) {
    throw invalid({ pointer }, 'has to be an IANA name such as Europe/Amsterdam')
  }
  return name
}

function checkOrder(start: Moment, end: Moment): void {
  const wholeDay = 'date' in start.time
  if (wholeDay !== 'date' in end.time) {
    throw invalid({ pointer: '#/end' }, 'has to be of the same kind as start: both dateTime or both date')
  }
  if (wholeDay && end.at <= start.at) {
    throw invalid({ pointer: '#/end/date' }, 'has to be after start/date: it is the day after the last')
  }
  if (end.at < start.at) throw invalid({ pointer: '#/end/dateTime' }, 'has to be at or after start/dateTime')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}
