/** Lists that contain deleted events too, of which only the id and the time are known. */
import { BATCH } from '@glasshouse/shared/sweep'
import { sql } from 'kysely'
import type { CalendarEvent } from '../calendar/event'
import type { ListQuery, Position } from '../calendar/list-query'
import { REMEMBERED_MS } from '../calendar/sync-token'
import type { Page } from './event-list'
import type { Database } from './schema'
import { compare, place } from './single-events'

export interface DeletedEvent {
  id: string
  /** Milliseconds since 1970. */
  deletedAt: number
}

export interface PageWithDeleted {
  items: (CalendarEvent | DeletedEvent)[]
  next: Position | undefined
}

/** @returns whether a list contains deleted events. One for a time or a text cannot: theirs are no longer known */
export function includesDeleted({ updatedMin, showDeleted, timeMin, timeMax, uid, terms, properties }: ListQuery) {
  const isFiltered = (timeMin ?? timeMax ?? uid) !== undefined || terms.length + properties.length > 0
  return updatedMin !== undefined || (showDeleted && !isFiltered)
}

/** Before every event in the order of their starts, in milliseconds since 1970. */
const FIRST = Number.MIN_SAFE_INTEGER

/** @returns the page with the deleted events that belong there: by their time, or before all others in a list by start */
export async function addDeleted(
  db: Database,
  calendar: string,
  query: ListQuery,
  page: Page,
): Promise<PageWithDeleted> {
  const placeOf = (item: CalendarEvent | DeletedEvent): Position => {
    if ('etag' in item) return place(item, query)
    return { at: query.orderBy === 'updated' ? item.deletedAt : FIRST, id: item.id }
  }
  const deleted = await deletedIn(db, calendar, query)
  const all = [...page.items, ...deleted].sort((one, other) => compare(placeOf(one), placeOf(other)))
  const items = all.slice(0, query.maxResults)
  const last = all.length > query.maxResults || page.next ? items.at(-1) : undefined
  return { items, next: last && placeOf(last) }
}

/** @returns those after the previous page: one more than fit on a page, if there are so many */
async function deletedIn(db: Database, calendar: string, query: ListQuery): Promise<DeletedEvent[]> {
  const { updatedMin = 0, orderBy, after, maxResults } = query
  const byTime = orderBy === 'updated'
  if (!byTime && after && after.at > FIRST) return []
  let select = db
    .selectFrom('deleted_events')
    .select(['id', 'deleted_ms as deletedAt'])
    .where('calendar', '=', calendar)
    .where('deleted_ms', '>=', updatedMin)
    .where(isGone(calendar))
    .limit(sql.lit(maxResults + 1))
  if (after) {
    const later = sql<boolean>`(deleted_ms, id) > (${after.at}, ${after.id})`
    select = byTime ? select.where(later) : select.where('id', '>', after.id)
  }
  return byTime ? select.orderBy('deleted_ms').orderBy('id').execute() : select.orderBy('id').execute()
}

/** An event with the same id may have been created since. */
function isGone(calendar: string) {
  return sql<boolean>`not exists (
    select 1 from events as again where again.calendar = ${calendar} and again.id = deleted_events.id)`
}

/**
 * Forgets some events that no sync token is old enough to need, in any calendar.
 * @param now milliseconds since 1970
 * @returns how many; at most `BATCH`
 */
export async function forgetDeleted(db: Database, now: number): Promise<number> {
  const before = now - REMEMBERED_MS
  const old = db
    .selectFrom('deleted_events')
    .select(['calendar', 'id'])
    .where('deleted_ms', '<', before)
    .orderBy('deleted_ms')
    .limit(sql.lit(BATCH))
  const { numDeletedRows } = await db
    .deleteFrom('deleted_events')
    .where(eb => eb(eb.refTuple('calendar', 'id'), 'in', old.$asTuple('calendar', 'id')))
    // Meanwhile an event with the same id may have been created and deleted.
    .where('deleted_ms', '<', before)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
