/** An event of the calendar (interface.md): the names and meanings are those of the Google Calendar API v3. */
import { addDays, isTimeZone, toInstant, toLocal } from './time'

export type EventTime = { dateTime: string; timeZone?: string } | { date: string }

export interface EventContent {
  summary: string
  location?: string
  description?: string
  start: EventTime
  end: EventTime
}

export interface CalendarEvent extends EventContent {
  id: string
  etag: string
  recurrence?: string[]
}

/** Reads an event out of the calendar's answer: no more is believed than what is there. */
export function readEvent(value: unknown): CalendarEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, etag, summary, location, description, start, end, recurrence, status } = value as Record<string, unknown>
  const [from, to] = [readTime(start), readTime(end)]
  if (typeof id !== 'string' || !from || !to || status === 'cancelled') return undefined
  return {
    id,
    etag: typeof etag === 'string' ? etag : '',
    summary: typeof summary === 'string' ? summary : '',
    ...(typeof location === 'string' && location ? { location } : {}),
    ...(typeof description === 'string' && description ? { description } : {}),
    start: from,
    end: to,
    ...(Array.isArray(recurrence) && recurrence.length > 0 ? { recurrence: recurrence.map(String) } : {}),
  }
}

function readTime(value: unknown): EventTime | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { date, dateTime, timeZone } = value as Record<string, unknown>
  if (typeof date === 'string') return { date }
  if (typeof dateTime !== 'string' || Number.isNaN(Date.parse(dateTime))) return undefined
  return isTimeZone(timeZone) ? { dateTime, timeZone } : { dateTime }
}

/** The instant of an event's start or end. A whole day begins at midnight, wherever one is. */
export function instantOf(time: EventTime, timeZone: string): number {
  return 'date' in time ? (toInstant(`${time.date}T00:00`, timeZone) ?? 0) : Date.parse(time.dateTime)
}

export function isAllDay(event: EventContent): boolean {
  return 'date' in event.start
}

/** The zone that an event's times are given in. */
export function timeZoneOf(event: EventContent, otherwise: string): string {
  return 'date' in event.start ? otherwise : (event.start.timeZone ?? otherwise)
}

/** The date of a start or an end where the event takes place. A whole day's end is its last day, not the day after. */
export function dateOf(event: EventContent, which: 'start' | 'end', timeZone: string): string {
  const time = event[which]
  if ('date' in time) return which === 'end' ? addDays(time.date, -1) : time.date
  return toLocal(Date.parse(time.dateTime), timeZoneOf(event, timeZone)).slice(0, 10)
}
