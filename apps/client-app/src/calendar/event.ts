/** An event of the calendar. Names and meanings are those of the Google Calendar API v3. */
import { isDate, isTimeZone, readMoment } from './time'

export type EventTime = { dateTime: string; timeZone?: string } | { date: string }

export interface EventContent {
  summary: string
  location?: string
  description?: string
  start: EventTime
  end: EventTime
}

/** A change to an event (RFC 7396). Omitted members stay as they are. */
export type EventPatch = Partial<Record<'summary' | 'location' | 'description', string>> &
  Partial<Record<'start' | 'end', TimePatch>>

/** `null` removes the members of the other kind of event: with times, or with whole days. */
export interface TimePatch {
  dateTime?: string | null
  timeZone?: string | null
  date?: string | null
}

export interface CalendarEvent extends EventContent {
  id: string
  etag: string
  recurrence?: string[]
}

/** RFC 9110 §8.8.3. Any other text cannot be sent back in `If-Match`. */
const ENTITY_TAG = /^(W\/)?"[\x21\x23-\x7e]*"$/

/** @returns undefined if it is not an entity tag */
export function readEntityTag(value: unknown): string | undefined {
  return typeof value === 'string' && ENTITY_TAG.test(value) ? value : undefined
}

/**
 * Reads an event from the calendar's response, which may be anything.
 * @returns undefined if it is not an event, or was cancelled
 */
export function readEvent(value: unknown): CalendarEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, etag, summary, location, description, start, end, recurrence } = value as Record<string, unknown>
  const [from, to] = [readTime(start), readTime(end)]
  if (typeof id !== 'string' || !id || !from || !to || isCancelled(value)) return undefined
  if ('date' in from !== 'date' in to) return undefined
  return {
    id,
    etag: readEntityTag(etag) ?? '',
    summary: typeof summary === 'string' ? summary : '',
    ...(typeof location === 'string' && location ? { location } : {}),
    ...(typeof description === 'string' && description ? { description } : {}),
    start: from,
    end: to,
    ...(Array.isArray(recurrence) && recurrence.length > 0 ? { recurrence: recurrence.map(String) } : {}),
  }
}

/** Lists leave out a cancelled event, because it does not take place. */
export function isCancelled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 'cancelled'
}

function readTime(value: unknown): EventTime | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { date, dateTime, timeZone } = value as Record<string, unknown>
  if (typeof date === 'string') return isDate(date) ? { date } : undefined
  if (typeof dateTime !== 'string' || readMoment(dateTime, 'UTC') === undefined) return undefined
  return isTimeZone(timeZone) ? { dateTime, timeZone } : { dateTime }
}

/**
 * The instant of an event's start or end, in milliseconds since the epoch.
 * @param timeZone the zone for whole days, which begin at midnight, and for times without an offset and a zone
 */
export function instantOf(time: EventTime, timeZone: string): number {
  if ('date' in time) return readMoment(`${time.date}T00:00`, timeZone) ?? 0
  return readMoment(time.dateTime, time.timeZone ?? timeZone) ?? 0
}

export function isAllDay(event: EventContent): boolean {
  return 'date' in event.start
}

/** The time zone of an event. */
export function timeZoneOf(event: EventContent, otherwise: string): string {
  return 'date' in event.start ? otherwise : (event.start.timeZone ?? otherwise)
}
