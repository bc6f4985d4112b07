/** The times of a VEVENT, as members of an event of the API, and its recurrence in the form that the API accepts. */
import { formatInstant, placeOf, toInstant, toLocal } from '../recurrence/local-time'
import { instantOfTime } from '../time'
import { durationOf, formatProperty, type JProperty } from './library'
import { type FileZone, resolveTimeZone } from './time-zones'

export type SentTime = { date: string } | { dateTime: string; timeZone?: string }

/** A text that continues after the property's name, such as `must be …`. */
export class InvalidProperty extends Error {
  constructor(
    readonly property: string,
    message: string,
  ) {
    super(message)
  }
}

export interface FileZones {
  /** By TZID. */
  known: ReadonlyMap<string, string>
  /** Of times without a zone. */
  byDefault: string
}

export class TimeReader {
  private readonly resolved = new Map<string, FileZone | undefined>()

  constructor(private readonly zones: FileZones) {}

  /** @param property with a date or a date and time. @throws InvalidProperty */
  read(property: JProperty): SentTime {
    const [name, { tzid }, type, value] = property
    const text = String(value)
    // A date without VALUE=DATE, as some programs write it, becomes `2027-03-01T::`.
    const date = /^(\d{4}-\d\d-\d\d)(T::)?$/.exec(text)?.[1]
    if (date) return { date }
    const [, local, utc] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z?)$/.exec(text) ?? []
    if (type === 'date' || local === undefined || Number.isNaN(Date.parse(`${local}Z`))) {
      throw new InvalidProperty(
        name.toUpperCase(),
        'must be a date such as 20270328 or a time such as 20270328T100000Z',
      )
    }
    if (utc) return { dateTime: `${local}Z` }
    const zone = this.zone(name, typeof tzid === 'string' ? tzid : undefined)
    const [offset, timeZone] = 'offset' in zone ? [zone.offset, undefined] : ['', zone.timeZone]
    const place = placeOf(offset, timeZone)
    const dateTime = formatInstant(toInstant(Date.parse(`${local}Z`), place), place)
    return { dateTime, ...(timeZone !== undefined && { timeZone }) }
  }

  /**
   * @param rules RRULE, RDATE and EXDATE
   * @returns lines that the API accepts, with few of each kind
   */
  recurrence(rules: JProperty[], start: SentTime): string[] {
    const lines: string[] = []
    const dates = new Map<string, string[]>()
    for (const rule of rules) {
      const [name, { tzid }, type, ...values] = rule
      if (name === 'rrule') lines.push(withUntil(formatProperty(rule), start))
      else if (name === 'exrule') lines.push('EXRULE:')
      else {
        if (type === 'period') throw new InvalidProperty('RDATE', 'must have dates or times, not periods')
        // A date without VALUE=DATE becomes `2027-03-01T::`.
        const isDate = type === 'date' || values.every(value => /T::$/.test(String(value)))
        const kind = isDate ? ';VALUE=DATE' : this.zoneParameter(name, tzid, values)
        const list = dates.get(name.toUpperCase() + kind) ?? []
        dates.set(name.toUpperCase() + kind, list)
        for (const value of values) list.push(String(value).replace(/T::$|[-:]/g, ''))
      }
    }
    return [...lines, ...[...dates].flatMap(([head, values]) => inLines(head, values))]
  }

  private zoneParameter(name: string, tzid: unknown, values: unknown[]): string {
    // Without a zone, it means that of the start, for the API as for the programs that write this.
    if (tzid === undefined || values.every(value => String(value).endsWith('Z'))) return ''
    const zone = this.zone(name, typeof tzid === 'string' ? tzid : undefined)
    return 'timeZone' in zone ? `;TZID=${zone.timeZone}` : ''
  }

  private zone(name: string, tzid: string | undefined): FileZone {
    if (tzid === undefined) return { timeZone: this.zones.byDefault }
    if (!this.resolved.has(tzid)) this.resolved.set(tzid, resolveTimeZone(tzid, this.zones.known))
    const zone = this.resolved.get(tzid)
    if (!zone) {
      throw new InvalidProperty(name.toUpperCase(), 'must have a TZID with the name of an IANA or Windows time zone')
    }
    return zone
  }
}

/** @returns the end, from DTEND, DURATION or neither (RFC 5545 §3.6.1). Some programs give a whole day no length */
export function endOf(start: SentTime, end: SentTime | undefined, duration: string | undefined): SentTime {
  const startAt = instantOfTime(start)
  if (end) return 'date' in end && 'date' in start && end.date === start.date ? later(start, ONE_DAY) : end
  const length = duration === undefined ? ('date' in start ? ONE_DAY : NO_TIME) : durationOf(duration)
  const lengthMs = length ? length.days * DAY_MS + length.seconds * 1000 : Number.NaN
  if (!length || lengthMs < 0 || startAt + lengthMs > LATEST) {
    throw new InvalidProperty('DURATION', 'must be a duration such as PT1H30M')
  }
  return later(start, length)
}

/** Of the years that RFC 3339 can write. */
const LATEST = Date.UTC(9999, 11, 31)

const DAY_MS = 86_400_000
const ONE_DAY = { days: 1, seconds: 0 }
const NO_TIME = { days: 0, seconds: 0 }

/** §3.3.6: days are days of the calendar there, and are added first; hours, minutes and seconds are exact. */
function later(start: SentTime, { days, seconds }: typeof ONE_DAY): SentTime {
  const at = instantOfTime(start)
  if ('date' in start) return { date: new Date(at + days * DAY_MS + seconds * 1000).toISOString().slice(0, 10) }
  const place = placeOf(start.dateTime, start.timeZone)
  const after = days === 0 ? at : toInstant(toLocal(at, place) + days * DAY_MS, place)
  return { ...start, dateTime: formatInstant(after + seconds * 1000, place) }
}

/** §3.3.10: UNTIL has the kind of the start, and a time is in UTC. Many programs write the other kind, or a local time. */
function withUntil(line: string, start: SentTime): string {
  return line.replace(/UNTIL=(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)(Z?))?/i, (...found) => {
    const [, year, month, day, hour = '23', minute = '59', second = '59', utc] = found as string[]
    if ('date' in start) return `UNTIL=${year}${month}${day}`
    const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
    const until = utc ? local : toInstant(local, placeOf(start.dateTime, start.timeZone))
    return Number.isNaN(until) ? 'UNTIL=' : `UNTIL=${new Date(until).toISOString().replace(/[-:]|\.\d+/g, '')}`
  })
}

/** In characters, as the API allows. */
const LONGEST = 1024

function inLines(head: string, values: string[]): string[] {
  const lines = [`${head}:${values[0]}`]
  for (const value of values.slice(1)) {
    const last = lines.at(-1) ?? ''
    if (last.length + value.length < LONGEST) lines[lines.length - 1] = `${last},${value}`
    else lines.push(`${head}:${value}`)
  }
  return lines
}
