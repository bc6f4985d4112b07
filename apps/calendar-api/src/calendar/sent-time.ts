/** The start and the end of an event, as a client sends them. */
import { type EventTime, findTimeZone, parseDate, parseDateTime, parseInstant, withOffset } from './time'

export interface Moment {
  time: EventTime
  /** Milliseconds since 1970. */
  at: number
}

/** @param path where the mistake is */
interface Mistake {
  path: string[]
  wrong: string
}

export interface SentTime {
  date?: string | null | undefined
  dateTime?: string | null | undefined
  timeZone?: string | null | undefined
}

export const MUST_BE = {
  dateTime: 'must be an RFC 3339 date and time, such as 2027-03-28T10:00:00+02:00',
  timeZone: 'must be an IANA time zone name such as Europe/Amsterdam',
  date: 'must be a date such as 2027-03-28',
}

/** @returns what was sent, with an offset; or what is wrong with it */
export function readMoment({ date, dateTime, timeZone }: SentTime): Moment | Mistake {
  if (isNothing(date) === isNothing(dateTime)) return { path: [], wrong: 'must have either dateTime or date' }
  // A whole day has no time zone. Google's clients send one all the same, so it is ignored.
  return isNothing(date) ? readDateTime(dateTime as string, timeZone ?? undefined) : readDate(date)
}

function readDate(date: string): Moment | Mistake {
  const at = parseDate(date)
  return at === undefined ? { path: ['date'], wrong: MUST_BE.date } : { time: { date }, at }
}

function readDateTime(dateTime: string, timeZone: string | undefined): Moment | Mistake {
  const path = ['dateTime']
  if (timeZone !== undefined && !findTimeZone(timeZone)) return { path: ['timeZone'], wrong: MUST_BE.timeZone }
  const parts = parseDateTime(dateTime)
  if (!parts) {
    const hint = /:60/.test(dateTime) ? ' (leap seconds are not supported)' : ''
    return { path, wrong: MUST_BE.dateTime + hint }
  }
  if (!parts.offset && !timeZone) return { path, wrong: 'needs an offset such as Z or +02:00, or else a timeZone' }
  const exact = parts.offset ? dateTime.toUpperCase() : withOffset(parts, timeZone ?? 'UTC')
  return { time: { dateTime: exact, ...(timeZone && { timeZone }) }, at: parseInstant(exact) ?? Number.NaN }
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}
