/** Gaps between events. Pure: times in, times out, all in milliseconds since 1970. */
import { DateTime } from 'luxon'
import type { Span } from './event'
import { type EventTime, instantOfTime } from './time'

export interface WorkingHours {
  /** Minutes since midnight. */
  from: number
  to: number
  /** 1 for Monday to 7 for Sunday. */
  weekdays: ReadonlySet<number>
}

/** @returns the parts of `within` that are at least `longEnough` and have none of `busy`, in order */
export function freeTimes(within: readonly Span[], busy: readonly Span[], longEnough: number): Span[] {
  const taken = [...busy].sort((one, other) => one.startAt - other.startAt)
  const free: Span[] = []
  for (const { startAt, endAt } of within) {
    let from = startAt
    for (const event of taken) {
      if (event.endAt <= from) continue
      if (event.startAt >= endAt) break
      free.push({ startAt: from, endAt: event.startAt })
      from = event.endAt
    }
    free.push({ startAt: from, endAt })
  }
  return free.filter(span => span.endAt - span.startAt >= longEnough)
}

/** @returns the working hours of each day in this zone, as far as they are in the window. @param zone an IANA name */
export function workingTimes(window: Span, { from, to, weekdays }: WorkingHours, zone: string): Span[] {
  const times: Span[] = []
  let day = DateTime.fromMillis(window.startAt, { zone }).startOf('day')
  while (day.toMillis() < window.endAt) {
    if (weekdays.has(day.weekday)) {
      // By the clock on the wall: on a day when the clocks change, 9:00 is not nine hours after midnight.
      const startAt = Math.max(atMinute(day, from), window.startAt)
      const endAt = Math.min(atMinute(day, to), window.endAt)
      if (startAt < endAt) times.push({ startAt, endAt })
    }
    day = day.plus({ days: 1 }).startOf('day')
  }
  return times
}

/** When an event takes place for somebody in this zone. A whole day is a day there, not a day in UTC. */
export function spanIn(zone: string, start: EventTime, end: EventTime): Span {
  return { startAt: instantIn(zone, start), endAt: instantIn(zone, end) }
}

function instantIn(zone: string, time: EventTime): number {
  return 'date' in time ? DateTime.fromISO(time.date, { zone }).toMillis() : instantOfTime(time)
}

function atMinute(day: DateTime, minute: number): number {
  if (minute === 24 * 60) return day.plus({ days: 1 }).startOf('day').toMillis()
  return day.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis()
}
