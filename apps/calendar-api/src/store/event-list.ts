/** The queries of a list of stored events. Each reads only about as many events as it returns, however many there are. */
import { compiledForEachForm } from '@glasshouse/shared/compiled-once'
import { sql } from 'kysely'
import type { CalendarEvent } from '../calendar/event'
import { type ListQuery, NO_FILTERS, type Position } from '../calendar/list-query'
import { toEvent } from './events'
import { fewEvents } from './few-events'
import { knownPagesByDatabase, versionsOf } from './known-pages'
import { hasProperties } from './properties'
import { runningEvents } from './running-events'
import { type Database, EVENT_COLUMNS, type EventColumns, type EventRow, type SelectEvents } from './schema'
import { contains, mayContain, numbered } from './search'

export interface Page {
  items: CalendarEvent[]
  /** Where the page ends, if there is another. */
  next: Position | undefined
}

/**
 * A page of stored events: events that do not repeat, and series unless `singleEvents` asks for their events, which are not stored.
 * @param seriesId only the single events of this series that were changed
 */
export async function list(db: Database, calendar: string, query: ListQuery, seriesId?: string): Promise<Page> {
  const { timeMin, timeMax, uid, terms, properties } = query
  if ((uid ?? seriesId) === undefined && terms.length + properties.length === 0) return plainList(db, calendar, query)
  const inIndex = terms.length > 0 && (timeMin ?? timeMax) === undefined ? await mayContain(db, terms) : undefined
  const few = inIndex ? numbered(db, inIndex).where('calendar', '=', calendar) : await fewEvents(db, calendar, query)
  const rows = await pageOf(db, calendar, query, formOf(query), { few, seriesId }).execute()
  return toPage(rows, query)
}

function toPage(rows: EventRow[], query: ListQuery): Page {
  const items = rows.slice(0, query.maxResults)
  const last = rows.length > query.maxResults ? items.at(-1) : undefined
  return { items: items.map(toEvent), next: last && { at: last[sortedBy(query)], id: last.id } }
}

const sortedBy = ({ orderBy }: Pick<ListQuery, 'orderBy'>) => (orderBy === 'updated' ? 'updated_ms' : 'start_at_ms')

/** A list without filters, which comes most often: the same one again and again. */
async function plainList(db: Database, calendar: string, query: ListQuery): Promise<Page> {
  const [values, form] = [valuesOf(calendar, query), formOf(query)]
  const [pages, name] = [knownTo(db), JSON.stringify([values, form])]
  const known = pages.find(name)
  if (known && versionsOf(await plainVersions(db, values, form)) === known.versions) return known.page
  const rows = await plainPage(db, values, form)
  const page = toPage(rows, query)
  pages.keep(name, versionsOf(rows), page, page.items)
  return page
}

const knownTo = knownPagesByDatabase<Page>()

/** The values of a list without filters. */
interface Values {
  calendar: string
  timeMin?: number
  timeMax?: number
  updatedMin?: number
  at?: number
  id?: string
}

/** What else decides how such a list is read. */
interface Form extends Pick<ListQuery, 'orderBy' | 'singleEvents' | 'showDeleted' | 'maxResults'> {
  given: string[]
  /** Whether the page before ended with an event that starts at `timeMin` or later. */
  afterTimeMin: boolean
}

function valuesOf(calendar: string, { timeMin, timeMax, updatedMin, after }: ListQuery): Values {
  const values = { calendar, timeMin, timeMax, updatedMin, at: after?.at, id: after?.id }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as unknown as Values
}

function formOf(query: ListQuery): Form {
  const { timeMin, orderBy, singleEvents, showDeleted, maxResults, after } = query
  const afterTimeMin = after !== undefined && timeMin !== undefined && after.at >= timeMin
  return { orderBy, singleEvents, showDeleted, maxResults, afterTimeMin, given: Object.keys(valuesOf('', query)) }
}

const plainPage = compiledForEachForm((db: Database, values: Values, form: Form) =>
  plainQuery(db, values, form, EVENT_COLUMNS),
)

const plainVersions = compiledForEachForm((db: Database, values: Values, form: Form) =>
  plainQuery(db, values, form, ['id', 'etag', sortedBy(form)]),
)

/** @param columns the one by which the list is sorted must be among them */
function plainQuery(
  db: Database,
  { calendar, at, id, ...values }: Values,
  form: Form,
  columns: EventColumns,
): SelectEvents {
  const after = at === undefined || id === undefined ? undefined : { at, id }
  return pageOf(db, calendar, { ...NO_FILTERS, ...form, ...values, after }, form, { columns })
}

/**
 * Everything that it compares with a value, the database compares: the values may be placeholders (`compiled-once.ts`).
 * @param few a query for the few events that can be in the list, if an index knows them
 */
function pageOf(
  db: Database,
  calendar: string,
  query: ListQuery,
  { afterTimeMin }: Form,
  {
    few,
    seriesId,
    columns = EVENT_COLUMNS,
  }: { few?: SelectEvents | undefined; seriesId?: string | undefined; columns?: EventColumns } = {},
): SelectEvents {
  const { timeMin, timeMax, maxResults, orderBy, singleEvents, after } = query
  // One more row than requested shows whether there is another page. As part of the text, because SQLite prepares a
  // statement again each time it gets a limit as a parameter.
  const page = (select: SelectEvents) =>
    select
      .orderBy(sortedBy(query))
      .orderBy('id')
      .limit(sql.lit(maxResults + 1))

  function filtered(select: SelectEvents): SelectEvents {
    const shown = withFilters(calendar, query, select)
    const from = after
      ? shown.where(sql<boolean>`(${sql.ref(sortedBy(query))}, id) > (${after.at}, ${after.id})`)
      : shown
    const stored = singleEvents ? from.where('recurrence', 'is', null) : from
    return seriesId === undefined ? stored : stored.where('recurring_id', '=', seriesId)
  }

  const mine = filtered(
    few ??
      db
        .selectFrom('events')
        .select(columns as typeof EVENT_COLUMNS)
        .where('calendar', '=', calendar),
  )
  const started = timeMax === undefined ? mine : mine.where('start_at_ms', '<', timeMax)
  if (timeMin === undefined) return page(started)
  const inTime = started.where('end_at_ms', '>', timeMin)
  // The events of a limited time are sorted by last change. Otherwise all are read in that order.
  if (few || (orderBy === 'updated' && timeMax === undefined)) return page(inTime)
  const later = inTime.where('start_at_ms', '>=', timeMin)
  if (orderBy === 'startTime' && afterTimeMin) return page(later)
  // SQLite allows a limit inside a union only in a subquery.
  const whole = db.selectFrom(page(later).as('later')).selectAll()
  const parts = whole.unionAll(filtered(runningEvents(db, calendar, timeMin, columns)))
  return page(db.selectFrom(parts.as('events')).selectAll())
}

/** The filters that are the same for an event and for a series. */
export function withFilters(calendar: string, query: ListQuery, select: SelectEvents): SelectEvents {
  const { uid, updatedMin, terms, properties } = query
  const named =
    uid === undefined ? select : select.where(eb => eb.or([eb('id', '=', uid), eb('recurring_id', '=', uid)]))
  const recent = updatedMin === undefined ? named : named.where('updated_ms', '>=', updatedMin)
  const containing = terms.length > 0 ? recent.where(contains(terms)) : recent
  return withStatus(query, properties.length > 0 ? containing.where(hasProperties(calendar, properties)) : containing)
}

/**
 * Google's rule: without `showDeleted`, a list contains the cancelled events of a series, but no other cancelled ones. With
 * `updatedMin`, it contains all.
 */
function withStatus({ showDeleted, updatedMin, singleEvents }: ListQuery, select: SelectEvents): SelectEvents {
  if (showDeleted || updatedMin !== undefined) return select
  if (singleEvents) return select.where('status', '<>', 'cancelled')
  return select.where(eb => eb.or([eb('status', '<>', 'cancelled'), eb('recurring_id', 'is not', null)]))
}
