/**
 * Wall-clock time and time zones. A person types what the clock on the wall will say; the calendar wants an instant with
 * its offset (RFC 3339 §5.6). Between the two stands the IANA time zone database, which Intl knows.
 */

/** `YYYY-MM-DDTHH:mm`, as `<input type="datetime-local">` has it. */
export type LocalTime = string

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i
const DATE = /^\d{4}-\d{2}-\d{2}$/
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string' || !/^[A-Za-z][\w+\-/]*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * What the clock in this zone shows at this instant, read as if it were UTC. The difference to the instant is the offset.
 * @param instant milliseconds since the epoch
 */
function wallClock(instant: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatter(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  const { year, month, day, hour, minute, second } = parts
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formatters.set(timeZone, made)
  return made
}

/**
 * The instant at which the clock in this zone shows this time. When it shows it twice (clocks go back), the first;
 * when never (clocks go forward), as much later as the gap is wide: what RFC 5545 §3.3.5 prescribes for both.
 * @returns milliseconds since the epoch, or undefined if it is no such time
 */
export function toInstant(local: LocalTime, timeZone: string): number | undefined {
  const asUtc = readAsUtc(local)
  if (asUtc === undefined) return undefined
  const before = asUtc - offsetAt(asUtc - DAY_MS, timeZone)
  const after = asUtc - offsetAt(asUtc + DAY_MS, timeZone)
  // The offset that holds there is that of the day before or that of the day after.
  const fits = [before, after].filter(instant => wallClock(instant, timeZone) === asUtc)
  return fits.length > 0 ? Math.min(...fits) : before
}

/** The clock's time in this zone. */
export function toLocal(instant: number, timeZone: string): LocalTime {
  return new Date(wallClock(instant, timeZone)).toISOString().slice(0, 16)
}

/** RFC 3339 with the zone's offset: `2027-05-01T09:30:00+02:00`. */
export function toRfc3339(instant: number, timeZone: string): string {
  const offset = Math.round(offsetAt(instant, timeZone) / MINUTE_MS)
  const sign = offset < 0 ? '-' : '+'
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0')
  const wall = new Date(Math.floor(instant / 1000) * 1000 + offset * MINUTE_MS).toISOString().slice(0, 19)
  return `${wall}${sign}${hours}:${minutes}`
}

function offsetAt(instant: number, timeZone: string): number {
  return wallClock(instant, timeZone) - Math.floor(instant / 1000) * 1000
}

/** The UTC instant whose clock shows this; undefined for a 31st of February. */
function readAsUtc(local: string): number | undefined {
  const match = LOCAL.exec(local)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(part => Number(part ?? 0))
  const instant = Date.UTC(year, month - 1, day, hour, minute, second)
  return new Date(instant).toISOString().slice(0, 16) === local.slice(0, 16) ? instant : undefined
}

/** Reads what a form holds: a local time, or a full RFC 3339 one. @returns milliseconds since the epoch */
export function readMoment(text: string, timeZone: string): number | undefined {
  if (!WITH_OFFSET.test(text)) return toInstant(text, timeZone)
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? undefined : instant
}

export function isDate(text: string): boolean {
  return DATE.test(text) && readAsUtc(`${text}T00:00`) !== undefined
}

/** @param date `YYYY-MM-DD` */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Days from one date to the other. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}
