/** Turns a calendar into a list: the coming days one by one, then later and earlier events. Pure: no I/O. */
import { remember } from '@glasshouse/shared/remember'
import { type CalendarEvent, type EventContent, instantOf, isAllDay, timeZoneOf } from './event'
import { addDays, type LocalTime, toLocal } from './time'

export interface AgendaRow {
  id: string
  summary: string
  location: string
  /** `09:30 – 11:00`, `all day`, or, for later and earlier events, with the date. */
  when: string
}

export interface AgendaDay {
  /** `YYYY-MM-DD` */
  date: string
  /** `Today`, `Tomorrow`, or `Friday 4 December`. */
  label: string
  rows: AgendaRow[]
}

export interface Agenda {
  /** The next days with events, in order. */
  days: AgendaDay[]
  later: AgendaRow[]
  /** Newest first. */
  earlier: AgendaRow[]
}

const DAYS_AHEAD = 14

/**
 * @param events sorted by start
 * @param now milliseconds since the epoch
 * @param timeZone the user's
 */
export function readAgenda(events: CalendarEvent[], now: number, timeZone: string): Agenda {
  const today = toLocal(now, timeZone).slice(0, 10)
  const horizon = addDays(today, DAYS_AHEAD)
  const agenda: Agenda = { days: [], later: [], earlier: [] }
  for (const event of events) {
    const { from, to } = spanOf(event, timeZone)
    // An event that ends at midnight does not belong to the day that begins then.
    const lastDay = to > from && to.endsWith('T00:00') ? addDays(to.slice(0, 10), -1) : to.slice(0, 10)
    if (lastDay < today) agenda.earlier.unshift(row(event, from, to, true))
    else if (from.slice(0, 10) >= horizon) agenda.later.push(row(event, from, to, true))
    else {
      // An event that began before today and is still going on is listed under today.
      const date = later(from.slice(0, 10), today)
      dayOf(agenda.days, date, today).rows.push(row(event, from, to, from.slice(0, 10) !== lastDay))
    }
  }
  agenda.days.sort((one, other) => one.date.localeCompare(other.date))
  return agenda
}

/** Events in order of their start, each with its date in this time zone. */
export function listRows(events: CalendarEvent[], timeZone: string): AgendaRow[] {
  return events
    .map(event => ({ event, ...spanOf(event, timeZone) }))
    .sort((one, other) => one.from.localeCompare(other.from))
    .map(({ event, from, to }) => row(event, from, to, true))
}

/** An event's start and end as local times in this zone. A whole day is the same day everywhere. */
export function spanOf(event: EventContent, timeZone: string): { from: LocalTime; to: LocalTime } {
  if ('date' in event.start && 'date' in event.end) {
    return { from: `${event.start.date}T00:00`, to: `${event.end.date}T00:00` }
  }
  const startZone = timeZoneOf(event, timeZone)
  return {
    from: toLocal(instantOf(event.start, startZone), timeZone),
    to: toLocal(instantOf(event.end, startZone), timeZone),
  }
}

const later = (date: string, other: string) => (date.localeCompare(other) < 0 ? other : date)

function dayOf(days: AgendaDay[], date: string, today: string): AgendaDay {
  const known = days.find(day => day.date === date)
  if (known) return known
  const day = { date, label: dayLabel(date, today), rows: [] }
  days.push(day)
  return day
}

function dayLabel(date: string, today: string): string {
  if (date === today) return 'Today'
  if (date === addDays(today, 1)) return 'Tomorrow'
  return dateInWords(date)
}

function row(event: CalendarEvent, from: LocalTime, to: LocalTime, withDate: boolean): AgendaRow {
  const { id, summary, location = '' } = event
  return { id, summary: summary || 'Untitled event', location, when: whenInWords(event, from, to, withDate) }
}

function whenInWords(event: CalendarEvent, from: LocalTime, to: LocalTime, withDate: boolean): string {
  const [firstDay, start] = [from.slice(0, 10), from.slice(11)]
  if (isAllDay(event)) {
    const lastDay = addDays(to.slice(0, 10), -1)
    if (!withDate) return 'all day'
    return firstDay === lastDay ? shortDate(firstDay) : `${shortDate(firstDay)} – ${shortDate(lastDay)}`
  }
  const [lastDay, end] = [to.slice(0, 10), to.slice(11)]
  const until = lastDay === firstDay ? end : `${shortDate(lastDay)}, ${end}`
  return `${withDate ? `${shortDate(firstDay)}, ` : ''}${start} – ${until}`
}

const long = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
const short = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** Three years. Pages name the same dates again and again. */
const MOST_DATES = 1_100

/** @param date `YYYY-MM-DD` @returns `Friday 4 December` */
export const dateInWords = remember(MOST_DATES, (date: string) => long.format(new Date(`${date}T00:00:00Z`)))

/** @param date `YYYY-MM-DD` @returns `Fri, 4 Dec 2026` */
export const shortDate = remember(MOST_DATES, (date: string) => short.format(new Date(`${date}T00:00:00Z`)))
