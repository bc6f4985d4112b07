/**
 * A list with `singleEvents=true`: events that do not repeat, and each event of a series by itself. Single events that were
 * changed are stored, and take the place of those that the rule generates.
 */
import type { CalendarEvent } from '../calendar/event'
import type { ListQuery, Position } from '../calendar/list-query'
import { seriesOf, toInstance } from '../calendar/recurrence/instance'
import { instantOfTime } from '../calendar/time'
import { list, type Page, withFilters } from './event-list'
import { toEvent } from './events'
import { inGroups } from './in-groups'
import { knownPagesByDatabase, type VersionRow, versionsOf } from './known-pages'
import { LongWork } from './long-work'
import { type Database, EVENT_COLUMNS, type EventColumns, type SelectEvents } from './schema'

/** A list without `timeMax` contains the events of a series up to two years from `timeMin`, or from now if that is later. */
const HORIZON_MS = 2 * 366 * 86_400_000

/**
 * @param now milliseconds since 1970
 * @param seriesId only the events of this series
 */
export async function listSingleEvents(
  db: Database,
  calendar: string,
  query: ListQuery,
  now: number,
  seriesId?: string,
): Promise<Page> {
  const to = query.timeMax ?? Math.max(query.timeMin ?? now, now) + HORIZON_MS
  const stored = await list(db, calendar, query, seriesId)
  const [pages, name] = [knownTo(db), JSON.stringify([calendar, { ...query, known: undefined }, to, seriesId])]
  const known = pages.find(name)
  if (known) {
    const found = await select(['id', 'etag']).execute()
    if (found.length === 0) return stored
    const versions = versionsOf(found) + [...(await replacedIn(db, calendar, found, to))]
    if (known.page.stored === stored && known.versions === versions) return known.page.merged
  }
  const rows = await select(EVENT_COLUMNS).execute()
  if (rows.length === 0) return stored
  const replaced = await replacedIn(db, calendar, rows, to)
  const merged = merge(stored, await generate(rows.map(toEvent), query, to, stored.next, replaced), query)
  pages.keep(name, versionsOf(rows) + [...replaced], { stored, merged }, merged.items)
  return merged

  function select(columns: EventColumns): SelectEvents {
    return seriesIn(db.selectFrom('events').select(columns as typeof EVENT_COLUMNS), calendar, query, to, seriesId)
  }
}

/** Pages that were read twice, with the page of stored events that each contains. */
const knownTo = knownPagesByDatabase<{ stored: Page; merged: Page }>()

function merge(stored: Page, generated: CalendarEvent[], query: ListQuery): Page {
  const all = [...stored.items, ...generated].sort((one, other) => compare(place(one, query), place(other, query)))
  const items = all.slice(0, query.maxResults)
  const last = all.length > query.maxResults || stored.next ? items.at(-1) : undefined
  return { items, next: last && place(last, query) }
}

/** The series that may have events in the window and after the previous page, in the order of their last change. */
function seriesIn(
  events: SelectEvents,
  calendar: string,
  query: ListQuery,
  to: number,
  seriesId: string | undefined,
): SelectEvents {
  const inWindow = events
    .where('calendar', '=', calendar)
    .where('recurrence', 'is not', null)
    .where('end_at_ms', '>', earliest(query))
    .where('start_at_ms', '<', to)
  const select = seriesId === undefined ? inWindow : inWindow.where('id', '=', seriesId)
  return withFilters(calendar, query, select).orderBy('updated_ms').orderBy('id')
}

/** @returns the id of a series and a start for each event that has a row of its own, in the form of `nameOf` */
async function replacedIn(db: Database, calendar: string, series: VersionRow[], to: number): Promise<Set<string>> {
  const found = new Set<string>()
  for (const some of inGroups(series.map(({ id }) => id))) {
    const rows = await db
      .selectFrom('events')
      .select(['recurring_id', 'original_start_ms'])
      .where('calendar', '=', calendar)
      .where('recurring_id', 'in', some)
      .where('original_start_ms', '<', to)
      .orderBy('id')
      .execute()
    for (const row of rows) found.add(nameOf(row.recurring_id, row.original_start_ms))
  }
  return found
}

/** @param end where the page of stored events ends, if it is full: what comes later is for the next page */
async function generate(
  series: CalendarEvent[],
  query: ListQuery,
  to: number,
  end: Position | undefined,
  replaced: Set<string>,
): Promise<CalendarEvent[]> {
  const { after, maxResults, orderBy } = query
  const work = new LongWork()
  const byStart = orderBy === 'startTime'
  const found: CalendarEvent[] = []
  for (const master of series) {
    // In the order of last change, the events of one series come together.
    if (!byStart && after && master.updated < after.at) continue
    if (!byStart && found.length > maxResults && master.updated > (found.at(-1)?.updated ?? 0)) break
    const until = byStart && end ? Math.min(to, end.at + 1) : to
    let count = 0
    for (const occurrence of seriesOf(master)?.between(earliest(query), until) ?? []) {
      if (work.isTurnOver) await work.letOthers()
      if (!occurrence || replaced.has(nameOf(master.id, occurrence.startAt))) continue
      const instance = toInstance(master, occurrence)
      if (after && compare(place(instance, query), after) <= 0) continue
      found.push(instance)
      // One more than the page can hold shows whether there is another.
      if (++count > maxResults) break
    }
  }
  return found
}

/** Only events that end after this moment can be in the list. In milliseconds since 1970. */
function earliest({ timeMin, orderBy, after }: ListQuery): number {
  const begin = timeMin ?? Number.MIN_SAFE_INTEGER
  return orderBy === 'startTime' && after ? Math.max(begin, after.at - 1) : begin
}

const nameOf = (id: string | null, startAt: number | null) => `${id} ${startAt}`

/** Where an event is in the order of a list. */
export function place(event: CalendarEvent, { orderBy }: ListQuery): Position {
  return { at: orderBy === 'updated' ? event.updated : instantOfTime(event.start), id: event.id }
}

export function compare(one: Position, other: Position): number {
  return one.at - other.at || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
}
