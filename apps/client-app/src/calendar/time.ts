/**
 * Local times and time zones. Users enter local times; the calendar needs a time with its offset (RFC 3339 §5.6). Intl
 * converts between them with the IANA time zone database.
 */
import { remember } from '@glasshouse/shared/remember'

/** `YYYY-MM-DDTHH:mm`, as in `<input type="datetime-local">`. */
export type LocalTime = string

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/
const WITH_OFFSET = /^(.+)(Z|[+-]\d{2}:\d{2})$/i
const DATE = /^\d{4}-\d{2}-\d{2}$/
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** The first and last moments that both RFC 3339 and form fields can express: four-digit years except year 0. */
const FIRST = utc(1, 1, 1)
const LAST = utc(9999, 12, 31, 23, 59, 59)

export function isTimeZone(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z][\w+\-/]{0,63}$/.test(name) && isKnownZone(name)
}

/** There are 600 names. They come from users and calendars, in any mixture of capitals. */
const isKnownZone = remember(1_000, (name: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
})

/**
 * The local time in this zone at this instant, as if it were UTC.
 * @param instant milliseconds since the epoch
 */
function wallClock(instant: number, timeZone: string): number {
  return Math.floor(instant / 1000) * 1000 + offsetAt(instant, timeZone)
}

/** How far this zone is ahead of UTC at this instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  return zoneOf(timeZone).offsetAt(instant)
}

/** @param month 1 is January. @returns the UTC instant in milliseconds. `Date.UTC` reads years 0 to 99 as 1900 to 1999. */
function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  return new Date(new Date(0).setUTCFullYear(year, month - 1, day)).setUTCHours(hour, minute, second)
}

/** A page has some hundred times, and most of them are those of the page before. */
const REMEMBERED = 1_000

/** The local time as text, to the second. A time outside the range is replaced by the nearest one inside it. */
const write = remember(REMEMBERED, (asUtc: number): string =>
  new Date(Math.min(Math.max(asUtc, FIRST), LAST)).toISOString().slice(0, 19),
)

/**
 * A time zone's offsets. Intl takes several microseconds for each, and a page asks for hundreds, so the offset of a day on
 * which the clocks do not change is remembered. No zone has ever changed its clocks there and back within one day.
 */
const zoneOf = remember(100, (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  /** @param day in UTC, counted from the epoch @returns undefined if the clocks change on it */
  const offsetOn = remember(1_000, (day: number) => {
    const offset = readOffset(format, day * DAY_MS)
    return offset === readOffset(format, (day + 1) * DAY_MS) ? offset : undefined
  })
  return {
    offsetAt: (instant: number) => offsetOn(Math.floor(instant / DAY_MS)) ?? readOffset(format, instant),
  }
})

function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const { era, month, day, hour, minute, second } = parts
  // Intl counts years before Christ backwards, without a year 0.
  const year = era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
  const local = utc(year, Number(month), Number(day), Number(hour), Number(minute), Number(second))
  return local - Math.floor(instant / 1000) * 1000
}

/**
 * The instant of this local time in this zone. A time that occurs twice (clocks go back) means the first; a time that
 * is skipped (clocks go forward) means a time later by the length of the gap. RFC 5545 §3.3.5 prescribes both.
 * @param notBefore the event's start: if its end occurs twice, the one after the start is meant
 * @returns milliseconds since the epoch, or undefined if there is no such time
 */
export function toInstant(
  local: LocalTime,
  timeZone: string,
  notBefore = Number.NEGATIVE_INFINITY,
): number | undefined {
  const asUtc = readAsUtc(local)
  if (asUtc === undefined) return undefined
  const before = asUtc - offsetAt(asUtc - DAY_MS, timeZone)
  const after = asUtc - offsetAt(asUtc + DAY_MS, timeZone)
  // The offset at that time is that of the day before or of the day after.
  const fits = [before, after].filter(instant => wallClock(instant, timeZone) === asUtc)
  if (fits.length === 0) return before
  const later = fits.filter(instant => instant > notBefore)
  return Math.min(...(later.length > 0 ? later : fits))
}

/** The local time in this zone, to the minute. */
export function toLocal(instant: number, timeZone: string): LocalTime {
  return write(wallClock(instant, timeZone)).slice(0, 16)
}

/** The local time in this zone for a form field, with seconds unless they are 0. */
export function toFieldTime(instant: number, timeZone: string): LocalTime {
  return write(wallClock(instant, timeZone)).replace(/:00$/, '')
}

/** RFC 3339 with the zone's offset: `2027-05-01T09:30:00+02:00`. */
export function toRfc3339(instant: number, timeZone: string): string {
  const offset = Math.round(offsetAt(instant, timeZone) / MINUTE_MS)
  const sign = offset < 0 ? '-' : '+'
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0')
  const wall = write(Math.floor(instant / 1000) * 1000 + offset * MINUTE_MS)
  return `${wall}${sign}${hours}:${minutes}`
}

/** The instant of this time in UTC; undefined for a date that does not exist, like 31 February. */
function readAsUtc(local: string): number | undefined {
  return local.length > LONGEST_REMEMBERED ? parseAsUtc(local) : rememberedAsUtc(local)
}

/** In characters. What a user sends may be longer, and is not worth the memory. */
const LONGEST_REMEMBERED = 30

const rememberedAsUtc = remember(REMEMBERED, parseAsUtc)

function parseAsUtc(local: string): number | undefined {
  const match = LOCAL.exec(local)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(part => Number(part ?? 0))
  const instant = utc(year, month, day, hour, minute, second)
  // A day that its month does not have becomes a day of the next month.
  const exists = month >= 1 && month <= 12 && new Date(utc(year, month, day)).getUTCDate() === day
  return exists && hour < 24 && minute < 60 && second < 60 ? instant : undefined
}

/**
 * Reads a local time, or a full RFC 3339 time with its own offset.
 * @param notBefore see `toInstant`
 * @returns milliseconds since the epoch, or undefined if there is no such time
 */
export function readMoment(text: string, timeZone: string, notBefore?: number): number | undefined {
  const [, local, offset] = WITH_OFFSET.exec(text) ?? []
  if (local === undefined || offset === undefined) return toInstant(text, timeZone, notBefore)
  const [asUtc, ahead] = [readAsUtc(local), parseOffset(offset)]
  return asUtc === undefined || ahead === undefined ? undefined : asUtc - ahead
}

/** @param offset `Z` or `+02:00` @returns milliseconds */
function parseOffset(offset: string): number | undefined {
  if (/^z$/i.test(offset)) return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4, 6))]
  if (hours > 23 || minutes > 59) return undefined
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS
}

export function isDate(text: string): boolean {
  return DATE.test(text) && readAsUtc(`${text}T00:00`) !== undefined
}

/** @param date `YYYY-MM-DD` */
export function addDays(date: string, days: number): string {
  return write(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).slice(0, 10)
}

/** Days from one date to the other. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}
