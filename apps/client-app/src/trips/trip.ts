/** A trip: created from an itinerary or empty, moved, and arranged by day. Pure: no I/O. */
import { randomUUID } from 'node:crypto'
import type { EventContent } from '../calendar/event'
import { addDays, daysBetween, type LocalTime, toInstant, toRfc3339 } from '../calendar/time'
import type { ItemContent, NewTripItem, TripItemRow } from '../store/trips'
import type { Itinerary } from './itinerary'

/** In characters. */
export const LONGEST_TRIP_NAME = 120

/** The itinerary's items for a trip that starts on this day. */
export function itemsOf(itinerary: Itinerary, tripId: string, startsOn: string): NewTripItem[] {
  return itinerary.items.map(item => {
    const date = addDays(startsOn, item.day - 1)
    return {
      id: randomUUID(),
      trip_id: tripId,
      summary: item.summary,
      location: item.location,
      notes: item.notes ?? '',
      starts_at: `${date}T${item.from}`,
      ends_at: `${addDays(date, item.endsDaysLater ?? 0)}T${item.to}`,
      time_zone: item.timeZone ?? itinerary.timeZone,
    }
  })
}

/** The first day with the itinerary's weekday that is at least three weeks ahead. */
export function suggestedStart(itinerary: Itinerary, today: string): string {
  const soon = addDays(today, 21)
  const weekday = new Date(`${soon}T00:00:00Z`).getUTCDay()
  return addDays(soon, (itinerary.startsOnWeekday - weekday + 7) % 7)
}

/** The new times of the items if the trip starts on another day. */
export function shiftItems(items: TripItemRow[], from: string, to: string) {
  const days = daysBetween(from, to)
  if (days === 0) return []
  return items.map(({ id, starts_at, ends_at }) => ({
    id,
    starts_at: shift(starts_at, days),
    ends_at: shift(ends_at, days),
  }))
}

function shift(time: LocalTime, days: number): LocalTime {
  return `${addDays(time.slice(0, 10), days)}${time.slice(10)}`
}

/** The calendar's event for an item. */
export function eventOf(item: ItemContent): EventContent {
  return {
    summary: item.summary,
    location: item.location,
    description: item.notes,
    start: timeOf(item.starts_at, item.time_zone),
    end: timeOf(item.ends_at, item.time_zone),
  }
}

function timeOf(time: LocalTime, timeZone: string) {
  return { dateTime: toRfc3339(toInstant(time, timeZone) ?? 0, timeZone), timeZone }
}

export interface Day<T> {
  /** `YYYY-MM-DD` */
  date: string
  /** 1 is the first day of the trip. */
  number: number
  items: T[]
}

/**
 * The items by day, including empty days in between.
 * @param items with their times in the trip's own time zone
 */
export function byDay<T extends { there: { from: LocalTime } }>(items: T[], startsOn: string): Day<T>[] {
  const sorted = [...items].sort((one, other) => one.there.from.localeCompare(other.there.from))
  const dates = [startsOn, ...sorted.map(item => item.there.from.slice(0, 10))].sort()
  const [first, last] = [dates[0] ?? startsOn, dates.at(-1) ?? startsOn]
  const many = daysBetween(first, last) > 60
  const all = many
    ? [...new Set(dates)]
    : Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => addDays(first, index))
  return all.map(date => ({
    date,
    number: daysBetween(startsOn, date) + 1,
    items: sorted.filter(item => item.there.from.startsWith(date)),
  }))
}

/** The range of time to request from the calendar for a trip. Wide enough for its days in every time zone. */
export function rangeOf(items: TripItemRow[], startsOn: string): { timeMin: string; timeMax: string } {
  const dates = [startsOn, ...items.flatMap(item => [item.starts_at.slice(0, 10), item.ends_at.slice(0, 10)])].sort()
  return {
    timeMin: `${addDays(dates[0] ?? startsOn, -1)}T00:00:00Z`,
    timeMax: `${addDays(dates.at(-1) ?? startsOn, 2)}T00:00:00Z`,
  }
}
