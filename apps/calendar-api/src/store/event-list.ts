/** The queries of a list of stored events. Each reads only about as many events as it returns, however many there are. */
import { sql } from 'kysely'
import type { CalendarEvent } from '../calendar/event'
import type { ListQuery, Position } from '../calendar/list-query'
import { toEvent } from './events'
import { fewEvents } from './few-events'
import { hasProperties } from './properties'
import { runningEvents } from './running-events'
import { type Database, EVENT_COLUMNS, type EventRow, type SelectEvents } from './schema'
import { contains, mayContain, numbered } from './search'

export interface Page {
  items: CalendarEvent[]
  /** Where the page ends, if there is another. */
  next: Position | undefined
}

/**
 * A page of stored events: series, and events that do not repeat.
 * @param some further conditions
 */
export async function list(db: Database, calendar: string, query: ListQuery, some = unchanged): Promise<Page> {
  const { timeMin, timeMax, terms, maxResults, orderBy, after } = query
  const sortedBy = orderBy === 'updated' ? 'updated_ms' : 'start_at_ms'
  // One more row than requested shows whether there is another page. As part of the text, because SQLite prepares a
  // statement again each time it gets a limit as a parameter.
  const page = (select: SelectEvents) =>
    select
      .orderBy(sortedBy)
      .orderBy('id')
      .limit(sql.lit(maxResults + 1))

  function filtered(select: SelectEvents): SelectEvents {
    const shown = withFilters(calendar, query, select)
    const from = after ? shown.where(sql<boolean>`(${sql.ref(sortedBy)}, id) > (${after.at}, ${after.id})`) : shown
    return some(from)
  }

  async function rowsOf(): Promise<EventRow[]> {
    const few = terms.length > 0 && (timeMin ?? timeMax) === undefined ? await mayContain(db, terms) : undefined
    if (few) return page(filtered(numbered(db, few).where('calendar', '=', calendar))).execute()
    const rare = await fewEvents(db, calendar, query)
    const mine = filtered(rare ?? db.selectFrom('events').select(EVENT_COLUMNS).where('calendar', '=', calendar))
    const started = timeMax === undefined ? mine : mine.where('start_at_ms', '<', timeMax)
    if (timeMin === undefined) return page(started).execute()
    const inTime = started.where('end_at_ms', '>', timeMin)
    // The events of a limited time are sorted by last change. Otherwise all are read in that order.
    if (rare || (orderBy === 'updated' && timeMax === undefined)) return page(inTime).execute()
    const later = inTime.where('start_at_ms', '>=', timeMin)
    if (orderBy === 'startTime' && after && after.at >= timeMin) return page(later).execute()
    // SQLite allows a limit inside a union only in a subquery.
    const whole = db.selectFrom(page(later).as('later')).selectAll()
    const parts = whole.unionAll(filtered(runningEvents(db, calendar, timeMin)))
    return page(db.selectFrom(parts.as('events')).selectAll()).execute()
  }

  const rows = await rowsOf()
  const items = rows.slice(0, maxResults)
  const last = rows.length > maxResults ? items.at(-1) : undefined
  return { items: items.map(toEvent), next: last && { at: last[sortedBy], id: last.id } }
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

const unchanged = (select: SelectEvents) => select
