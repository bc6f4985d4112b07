/** Reads the events of a calendar for an iCalendar file. */
import type { CalendarEvent } from '../calendar/event'
import { type ListQuery, NO_FILTERS } from '../calendar/list-query'
import { list } from './event-list'
import { find, toEvent } from './events'
import { type Database, EVENT_COLUMNS } from './schema'

/** A file has at most so many events. */
export const MOST_EXPORTED = 10_000
const PAGE = 1_000

export interface Exported {
  /** Series, their changed single events, and events that do not repeat. */
  events: CalendarEvent[]
  /** By the id of their series: single events that do not take place. */
  cancelled: Map<string, CalendarEvent[]>
  /** Whether these are all. */
  isComplete: boolean
}

/** @param window in milliseconds since 1970. A series that has an event in it is there as a whole */
export async function eventsForFile(
  db: Database,
  calendar: string,
  { timeMin, timeMax }: Pick<ListQuery, 'timeMin' | 'timeMax'>,
): Promise<Exported> {
  const events = new Map<string, CalendarEvent>()
  const isTooMuch = () => events.size > MOST_EXPORTED
  let query: ListQuery = { ...EVERYTHING, timeMin, timeMax }
  for (;;) {
    const { items, next } = await list(db, calendar, query)
    for (const event of items) if (event.status !== 'cancelled') events.set(event.id, event)
    if (!next || isTooMuch()) break
    query = { ...query, after: next }
  }
  // The series of a single event that was moved into the window.
  for (const { recurringEventId: id } of [...events.values()]) {
    const series = id === undefined || events.has(id) ? undefined : await find(db, calendar, id)
    if (series) events.set(series.id, series)
  }
  const series = [...events.values()].filter(({ recurrence, status }) => recurrence && status !== 'cancelled')
  const cancelled = new Map<string, CalendarEvent[]>()
  for (const event of await changedOf(db, calendar, series)) {
    if (event.status !== 'cancelled') events.set(event.id, event)
    else cancelled.set(event.recurringEventId ?? '', [...(cancelled.get(event.recurringEventId ?? '') ?? []), event])
  }
  const all = [...events.values()].filter(({ recurringEventId: id }) => id === undefined || events.has(id))
  const inOrder = [...all.filter(isWhole), ...all.filter(event => !isWhole(event))]
  return { events: inOrder.slice(0, MOST_EXPORTED), cancelled, isComplete: all.length <= MOST_EXPORTED && !isTooMuch() }
}

const isWhole = ({ recurringEventId }: CalendarEvent) => recurringEventId === undefined

/** The single events of these series that have rows of their own. */
async function changedOf(db: Database, calendar: string, series: CalendarEvent[]): Promise<CalendarEvent[]> {
  const found: CalendarEvent[] = []
  for (let at = 0; at < series.length; at += PAGE) {
    const ids = series.slice(at, at + PAGE).map(({ id }) => id)
    const rows = await db
      .selectFrom('events')
      .select(EVENT_COLUMNS)
      .where('calendar', '=', calendar)
      .where('recurring_id', 'in', ids)
      .orderBy('original_start_ms')
      .limit(MOST_EXPORTED)
      .execute()
    found.push(...rows.map(toEvent))
  }
  return found
}

const EVERYTHING: ListQuery = {
  ...NO_FILTERS,
  orderBy: 'startTime',
  singleEvents: false,
  showDeleted: false,
  maxResults: PAGE,
  after: undefined,
}
