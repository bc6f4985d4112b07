/** Dates and times (RFC 3339), and IANA time zones. Instants are milliseconds since 1970. */
import { remember } from '@glasshouse/shared/remember'
import { DateTime } from 'luxon'

/** A moment with the time zone to show it in, or a whole day, exactly as the API sends it. */
export type EventTime = { dateTime: string; timeZone?: string } | { date: string }

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,30})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/i
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/

interface DateTimeParts {
  date: { year: number; month: number; day: number }
  time: { hour: number; minute: number; second: number }
  /** The fraction of a second as it was sent, such as `.5`; otherwise empty. */
  fraction: string
  /** Such as `Z` or `+02:00`; undefined for a local time. */
  offset: string | undefined
}

/** @returns the parts of an RFC 3339 date-time, whose offset is optional; undefined if it is not valid */
export function parseDateTime(text: string): DateTimeParts | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', offset] = DATE_TIME.exec(text) ?? []
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second) }
  // Leap seconds (:60) are announced only months ahead, and JavaScript cannot represent them.
  if (!year || !isDate(date) || time.hour > 23 || time.minute > 59 || time.second > 59) return undefined
  return { date, time, fraction, offset }
}

/** @returns the instant of an RFC 3339 date-time; undefined if it is not valid or has no offset */
export function parseInstant(text: string): number | undefined {
  const parts = parseDateTime(text)
  return parts?.offset ? instantOf(parts, parts.offset) : undefined
}

/** @returns midnight UTC of a date (RFC 3339 full-date); undefined if it is not valid */
export function parseDate(text: string): number | undefined {
  const [, year, month, day] = DATE.exec(text) ?? []
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  return year && isDate(date) ? midnight(date) : undefined
}

/** @returns when an event with this start begins; whole days begin at midnight UTC. @param time as the API sends it */
export function instantOfTime(time: EventTime): number {
  return ('date' in time ? parseDate(time.date) : parseInstant(time.dateTime)) ?? Number.NaN
}

/** @param zone a name that `findTimeZone` accepts @returns when a date begins there, which is not always at midnight */
export function startOfDay(date: string, zone: string): number {
  return DateTime.fromISO(date, { zone: findTimeZone(zone) ?? 'UTC' })
    .startOf('day')
    .toMillis()
}

/**
 * Adds to a local time its offset in a time zone. RFC 5545 §3.3.5 has the rules for changes of the clocks: a time that
 * occurs twice means the first; a time that is skipped is read with the offset before the gap.
 * @param zone a name that `findTimeZone` accepts
 * @returns an RFC 3339 date-time
 */
export function withOffset({ date, time, fraction }: DateTimeParts, zone: string): string {
  // Luxon caches a zone under each spelling of its name, so it gets only one.
  const local = { ...date, ...time, zone: findTimeZone(zone) ?? 'UTC' }
  return wholeSecond(JSON.stringify(local)).replace(/(?<=:\d\d:\d\d)/, fraction)
}

/** Luxon takes longer for this than the rest of a request, and apps like to add events at the same hours. */
const wholeSecond = remember(5_000, (local: string) => {
  const { zone, ...parts } = JSON.parse(local)
  const [first] = DateTime.fromObject(parts, { zone })
    .getPossibleOffsets()
    .sort((one, other) => one.toMillis() - other.toMillis())
  return first?.toISO({ suppressMilliseconds: true }) ?? ''
})

/** @returns the usual spelling of an IANA time zone name; undefined if there is no such zone, or it is only an offset */
export function findTimeZone(name: string): string | undefined {
  return /^[a-z][a-z0-9_+\-/]{1,63}$/i.test(name) ? usualSpelling(name) : undefined
}

/** There are 600 names. Users may send each in any mixture of capitals, so not all that come are remembered. */
const usualSpelling = remember(1_000, (name: string) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
})

function instantOf({ date, time, fraction }: DateTimeParts, offset: string): number {
  const sign = offset.startsWith('-') ? -1 : 1
  const minutesAhead = /^z$/i.test(offset) ? 0 : sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)))
  const secondOfDay = (time.hour * 60 + time.minute - minutesAhead) * 60 + time.second
  return midnight(date) + secondOfDay * 1000 + Number(fraction.slice(1, 4).padEnd(3, '0'))
}

function isDate({ year, month, day }: DateTimeParts['date']): boolean {
  const date = new Date(midnight({ year, month, day }))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function midnight({ year, month, day }: DateTimeParts['date']): number {
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month - 1, day)
}
