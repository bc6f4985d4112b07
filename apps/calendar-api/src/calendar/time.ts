/** Dates, times of day and time zones, as RFC 3339 and the IANA database have them. Instants are milliseconds since 1970. */
import { DateTime } from 'luxon'

/** A moment with the time zone it is to be seen in, or a whole day: exactly as it is answered. */
export type EventTime = { dateTime: string; timeZone?: string } | { date: string }

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/i
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/

interface DateTimeParts {
  date: { year: number; month: number; day: number }
  time: { hour: number; minute: number; second: number }
  /** Of a second, as it was written: `.5`, or nothing. */
  fraction: string
  /** `Z` or `+02:00`; undefined for a local time. */
  offset: string | undefined
}

/** @returns the parts of an RFC 3339 date-time, with or without its offset; undefined if there is no such moment */
export function parseDateTime(text: string): DateTimeParts | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', offset] = DATE_TIME.exec(text) ?? []
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second) }
  // A leap second (:60) is not known beforehand, and no clock here can show one.
  if (!year || !isDate(date) || time.hour > 23 || time.minute > 59 || time.second > 59) return undefined
  return { date, time, fraction, offset }
}

/** @returns the instant of an RFC 3339 date-time, whose offset has to be there */
export function parseInstant(text: string): number | undefined {
  const parts = parseDateTime(text)
  return parts?.offset ? instantOf(parts, parts.offset) : undefined
}

/** @returns midnight UTC of a date (RFC 3339 full-date); undefined if there is no such day */
export function parseDate(text: string): number | undefined {
  const [, year, month, day] = DATE.exec(text) ?? []
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  return year && isDate(date) ? midnight(date) : undefined
}

/**
 * Finds the offset that a local time has in a time zone. RFC 5545 §3.3.5 says what clocks that are put forward or back
 * make of it: of two moments with the same name the first is meant; a time that is left out counts by the offset before
 * the gap.
 * @param zone a name that `findTimeZone` knows
 * @returns the same moment with its offset, as RFC 3339 wants it
 */
export function withOffset({ date, time, fraction }: DateTimeParts, zone: string): string {
  // Luxon remembers every zone by the name it was asked for: one spelling for each keeps that small.
  const [first] = DateTime.fromObject({ ...date, ...time }, { zone: findTimeZone(zone) ?? 'UTC' })
    .getPossibleOffsets()
    .sort((one, other) => one.toMillis() - other.toMillis())
  return first?.toISO({ suppressMilliseconds: true })?.replace(/(?<=:\d\d:\d\d)/, fraction) ?? ''
}

/**
 * @returns the name under which Intl knows an IANA time zone, however it is spelt; undefined for no such zone, or a mere
 * offset
 */
export function findTimeZone(name: string): string | undefined {
  if (!/^[a-z][a-z0-9_+\-/]{1,63}$/i.test(name)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

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
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month - 1, day)
}
