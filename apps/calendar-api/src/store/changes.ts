/**
 * The changes of a calendar's events, in their order. A change takes its number first, and so keeps every other change of
 * the calendar waiting until it is stored or undone: a reader that sees a number sees all lower ones too, also with several
 * copies.
 */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { inOneCommit } from '@glasshouse/shared/one-commit'
import { sql } from 'kysely'
import type { CalendarEvent } from '../calendar/event'
import { noSuchCalendar } from '../problem'
import { toEvent } from './events'
import { inGroups } from './in-groups'
import type { Database } from './schema'

/**
 * @param write gets the transaction and the number of the change; it changes no other calendar
 * @param options `independent`: nothing that another change does can make a difference to what `write` does between its
 *   statements, so on PostgreSQL it need not wait until those that came with it are done
 * @throws Problem 404 if the calendar was deleted
 */
export function inOneChange<T>(
  db: Database,
  calendar: string,
  write: (transaction: Database, change: number) => Promise<T>,
  { independent = false } = {},
): Promise<T> {
  const sharing = { name: `calendar ${calendar}`, ...(independent && { row: calendar }) }
  return inOneCommit(db, async tx => write(tx, await nextChange(tx, calendar)), sharing)
}

/**
 * For the transaction of a change that concerns two calendars.
 * @returns the number of the change
 * @throws Problem 404 if the calendar was deleted
 */
export async function nextChange(transaction: Database, calendar: string): Promise<number> {
  const [row] = await takeNumber(transaction, { calendar })
  if (!row) throw noSuchCalendar()
  return row.last_change
}

/** The first change of a primary calendar makes its row. Other calendars have one from the beginning. */
const takeNumber = compiledOnce((db: Database, { calendar }: { calendar: string }) =>
  db
    .insertInto('calendars')
    .values({ id: calendar, owner: calendar, last_change: 1 })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet(eb => ({ last_change: eb('calendars.last_change', '+', 1) }))
        .where('calendars.deleted_ms', 'is', null),
    )
    .returning('last_change'),
)

/** @returns the number of the calendar's last change; 0 if there was none */
export async function lastChange(db: Database, calendar: string): Promise<number> {
  const row = await db.selectFrom('calendars').select('last_change').where('id', '=', calendar).executeTakeFirst()
  return row?.last_change ?? 0
}

/** @returns when an event of the calendar last changed, in milliseconds since 1970; 0 if it has none */
export async function lastUpdate(db: Database, calendar: string): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select('updated_ms')
    .where('calendar', '=', calendar)
    .orderBy('updated_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(sql.lit(1))
    .executeTakeFirst()
  return row?.updated_ms ?? 0
}

/**
 * @returns how many changes each of these users' calendars have had, all together. A user without any change is left out. A
 *   deleted calendar counts until it is forgotten, which makes the number smaller and so is told like a change
 */
export async function changesOf(db: Database, owners: string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('calendars')
    .select(['owner', ({ fn }) => fn.sum('last_change').as('changes')])
    .where('owner', 'in', owners)
    .groupBy('owner')
    .execute()
  // PostgreSQL sends a sum as text.
  return new Map(rows.map(row => [row.owner, Number(row.changes)]))
}

/** Records that events no longer exist. @param now milliseconds since 1970 */
export async function recordDeleted(
  db: Database,
  calendar: string,
  ids: string[],
  change: number,
  now: number,
): Promise<void> {
  for (const some of inGroups(ids)) {
    await db
      .insertInto('deleted_events')
      .values(some.map(id => ({ calendar, id, change, deleted_ms: now })))
      .onConflict(conflict => conflict.columns(['calendar', 'id']).doUpdateSet({ change, deleted_ms: now }))
      .execute()
  }
}

export interface Changed {
  id: string
  change: number
  /** undefined if it no longer exists. */
  event: CalendarEvent | undefined
}

/** @returns what has changed since `after`, each event once and as it is now, in the order of the changes */
export async function changedSince(
  db: Database,
  calendar: string,
  after: { change: number; id: string },
  limit: number,
): Promise<Changed[]> {
  // One statement, so that an event that is deleted meanwhile is in neither part or in one.
  const rows = await db
    .selectFrom(eb => {
      const later = sql<boolean>`(change, id) > (${after.change}, ${after.id})`
      // Each part stops when it has enough: a client that was away for long has many changes before it.
      const present = eb
        .selectFrom('events')
        .select(['id', 'change'])
        .where('calendar', '=', calendar)
        .where(later)
        .orderBy('change')
        .orderBy('id')
        .limit(sql.lit(limit))
      const deleted = eb
        .selectFrom('deleted_events')
        .select(['id', 'change'])
        .where('calendar', '=', calendar)
        .where(later)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('events as again')
                .select('again.id')
                .where('again.calendar', '=', calendar)
                .whereRef('again.id', '=', 'deleted_events.id'),
            ),
          ),
        )
        .orderBy('change')
        .orderBy('id')
        .limit(sql.lit(limit))
      // SQLite allows a limit inside a union only in a subquery.
      const both = eb.selectFrom(present.as('present')).selectAll()
      return both.unionAll(eb.selectFrom(deleted.as('deleted')).selectAll()).as('changed')
    })
    .leftJoin('events', join => join.onRef('events.id', '=', 'changed.id').on('events.calendar', '=', calendar))
    .selectAll('events')
    .select(['changed.id as changed_id', 'changed.change as changed_change'])
    .orderBy('changed.change')
    .orderBy('changed.id')
    .limit(sql.lit(limit))
    .execute()
  return rows.map(({ changed_id, changed_change, ...row }) => ({
    id: changed_id,
    change: changed_change,
    event: row.id === null ? undefined : toEvent(row as Parameters<typeof toEvent>[0]),
  }))
}
