/** The times of events as iCalendar writes them (RFC 5545 §3.3.5): a date, a time in UTC, or a local time with its zone. */
import type { CalendarEvent } from '../event'
import { type Place, placeOf, toInstant, toLocal } from '../recurrence/local-time'
import { type EventTime, findTimeZone, instantOfTime } from '../time'
import type { JProperty } from './library'
import { formatOffsetZone } from './time-zones'

/** As jCal: parameters, type, value. */
export type JTime = { tzid?: string; type: 'date' | 'date-time'; value: string }

const FIRST = Date.UTC(1, 0, 1)
const LAST = Date.UTC(9999, 11, 31)

/**
 * A moment without a zone is written in UTC. A series without one keeps its offset, because its rule repeats a local time.
 * @param isRepeated whether it belongs to a series
 */
export function timeOf(time: EventTime, isRepeated: boolean): JTime {
  if ('date' in time) return { type: 'date', value: time.date }
  const zone = zoneOf(time, isRepeated)
  const at = Math.floor(instantOfTime(time) / 1000) * 1000
  if (zone === undefined) return { type: 'date-time', value: `${basic(at)}Z` }
  const place = placeOf(time.dateTime, time.timeZone)
  const local = toLocal(at, place)
  // A local time that occurs twice means the first (§3.3.5), so the second is written in UTC.
  if (!isRepeated && toInstant(local, place) !== at) return { type: 'date-time', value: `${basic(at)}Z` }
  return { tzid: zone, type: 'date-time', value: basic(local) }
}

/** @param time of the start or the end. @returns a TZID; undefined for UTC */
function zoneOf({ dateTime, timeZone }: Exclude<EventTime, { date: string }>, isRepeated: boolean): string | undefined {
  const name = timeZone === undefined ? undefined : findTimeZone(timeZone)
  if (name !== undefined) return name === 'UTC' ? undefined : timeZone
  const at = instantOfTime({ dateTime })
  const offset = /[+-]\d\d:\d\d$/.exec(dateTime)?.[0]
  if (!offset || /00:00$/.test(offset)) return undefined
  // At the ends of the years that can be written, UTC may be a year further.
  return isRepeated || at < FIRST || at > LAST ? formatOffsetZone(offset) : undefined
}

/**
 * The API reads RDATE and EXDATE without a kind or a zone as those of the start. In a file they would be other dates: a date is
 * a time unless it says VALUE=DATE (§3.8.5.1), and a time without a zone is the same on every clock (§3.3.5).
 * @param dates what the library has read
 */
export function repeatedDates([name, { tzid }, , ...values]: JProperty, start: EventTime): JProperty[] {
  if ('date' in start) return [[name, {}, 'date', ...values.map(value => String(value).slice(0, 10))]]
  const zone = timeOf(start, true).tzid
  // The file describes the zone of the start only, so a time in another one is written in UTC.
  const isElsewhere = tzid !== undefined && tzid !== start.timeZone
  const place = isElsewhere ? placeOf('', String(tzid)) : undefined
  const times = values.map(value => inZone(String(value), zone, place))
  return [
    ...inOneProperty(name, {}, times.filter(isUtc)),
    ...inOneProperty(
      name,
      zone === undefined ? {} : { tzid: zone },
      times.filter(time => !isUtc(time)),
    ),
  ]
}

const isUtc = (time: string) => time.endsWith('Z')

function inZone(time: string, zone: string | undefined, elsewhere: Place | undefined): string {
  if (isUtc(time)) return time
  if (elsewhere) return `${basic(toInstant(Date.parse(`${time}Z`), elsewhere))}Z`
  return zone === undefined ? `${time}Z` : time
}

function inOneProperty(name: string, parameters: { tzid?: string }, times: string[]): JProperty[] {
  return times.length > 0 ? [[name, parameters, 'date-time', ...times]] : []
}

export function timeProperty(name: string, { tzid, type, value }: JTime): JProperty {
  return [name, tzid === undefined ? {} : { tzid }, type, value]
}

const basic = (at: number) => new Date(at).toISOString().slice(0, 19)

/** A zone of the file, and the events for which it is needed. In milliseconds since 1970. */
export interface ZoneInUse {
  tzid: string
  /** Only for a zone that is no more than an offset. */
  offset?: string
  from: number
  to: number
}

/** A series without an end, or with one far away, is described up to here. Programs that know the zone need none of it. */
const FURTHEST_MS = 12 * 366 * 86_400_000

/** So that a calendar with events all over the world does not take long either. Programs know the zones by their names. */
const MOST_ZONES = 50

export const ZonesInUse = {
  /** @returns each zone of these events once, but not more than `MOST_ZONES` */
  of(events: CalendarEvent[]): ZoneInUse[] {
    const zones = new Map<string, ZoneInUse>()
    for (const event of events) {
      const isRepeated = (event.recurrence ?? event.recurringEventId) !== undefined
      for (const time of [event.start, event.end, event.originalStartTime]) {
        if (!time || 'date' in time) continue
        const tzid = zoneOf(time, isRepeated)
        if (tzid === undefined || (!zones.has(tzid) && zones.size >= MOST_ZONES)) continue
        const from = instantOfTime(time)
        const to = event.recurrence ? from + FURTHEST_MS : from
        const known = zones.get(tzid)
        const offset = time.timeZone === undefined ? { offset: time.dateTime.slice(-6) } : {}
        zones.set(tzid, {
          tzid,
          ...offset,
          from: Math.min(from, known?.from ?? from),
          to: Math.max(to, known?.to ?? to),
        })
      }
    }
    return [...zones.values()]
  },
}
