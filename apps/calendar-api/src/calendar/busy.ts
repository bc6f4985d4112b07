/** When a user is busy: the times of events, without anything else about them (Google Calendar API v3, Freebusy). */
import type { CalendarEvent } from './event'
import { instantOfTime, startOfDay } from './time'

/** Milliseconds since 1970. */
export interface Interval {
  start: number
  end: number
}

/**
 * @param events in any order
 * @param within what is outside is cut off
 * @param timeZone in which whole days begin and end
 * @returns the busy times in their order. Those that overlap or touch are one
 */
export function busyTimes(events: CalendarEvent[], within: Interval, timeZone: string): Interval[] {
  const taken = events
    .filter(({ status, transparency }) => status !== 'cancelled' && transparency !== 'transparent')
    .map(({ start, end }) => ({
      start: Math.max('date' in start ? startOfDay(start.date, timeZone) : instantOfTime(start), within.start),
      end: Math.min('date' in end ? startOfDay(end.date, timeZone) : instantOfTime(end), within.end),
    }))
    .filter(({ start, end }) => start < end)
    .sort((one, other) => one.start - other.start)
  const busy: Interval[] = []
  for (const { start, end } of taken) {
    const last = busy.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else busy.push({ start, end })
  }
  return busy
}
