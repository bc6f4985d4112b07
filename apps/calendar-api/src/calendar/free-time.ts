/** Gaps between events. Pure: times in, times out, all in milliseconds since 1970. */
import { DateTime } from 'luxon'
import type { Interval } from './busy'

export interface WorkingHours {
  /** Minutes since midnight. */
  from: number
  to: number
  /** 1 for Monday to 7 for Sunday. */
  weekdays: ReadonlySet<number>
}

/** @returns the parts of `within` that are at least `longEnough` and have none of `busy`, in order */
export function freeTimes(within: readonly Interval[], busy: readonly Interval[], longEnough: number): Interval[] {
  const taken = [...busy].sort((one, other) => one.start - other.start)
  const free: Interval[] = []
  for (const { start, end } of within) {
    let from = start
    for (const event of taken) {
      if (event.end <= from) continue
      if (event.start >= end) break
      free.push({ start: from, end: event.start })
      from = event.end
    }
    free.push({ start: from, end })
  }
  return free.filter(span => span.end - span.start >= longEnough)
}

/** @returns the working hours of each day in this zone, as far as they are in the window. @param zone an IANA name */
export function workingTimes(window: Interval, { from, to, weekdays }: WorkingHours, zone: string): Interval[] {
  const times: Interval[] = []
  let day = DateTime.fromMillis(window.start, { zone }).startOf('day')
  while (day.toMillis() < window.end) {
    if (weekdays.has(day.weekday)) {
      // By the clock on the wall: on a day when the clocks change, 9:00 is not nine hours after midnight.
      const start = Math.max(atMinute(day, from), window.start)
      const end = Math.min(atMinute(day, to), window.end)
      if (start < end) times.push({ start, end })
    }
    day = day.plus({ days: 1 }).startOf('day')
  }
  return times
}

function atMinute(day: DateTime, minute: number): number {
  if (minute === 24 * 60) return day.plus({ days: 1 }).startOf('day').toMillis()
  return day.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis()
}
