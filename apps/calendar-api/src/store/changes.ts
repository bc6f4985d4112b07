/**
 * The changes of an owner's events, in their order. A change takes its number first, and so keeps every other change of the
 * owner waiting until it is stored or undone: a reader that sees a number sees all lower ones too, also with several copies.
 */
import { sql } from 'kysely'
import type { CalendarEvent } from '../calendar/event'
import { toEvent } from './events'
import type { Database } from './schema'

/** @param write gets the transaction and the number of the change */
export function inOneChange<T>(
  db: Database,
  owner: string,
  write: (transaction: Database, change: number) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async transaction => {
    const { last_change } = await transaction
      .insertInto('calendars')
      .values({ owner, last_change: 1 })
      .onConflict(conflict =>
        conflict.column('owner').doUpdateSet(eb => ({ last_change: eb('calendars.last_change', '+', 1) })),
      )
      .returning('last_change')
      .executeTakeFirstOrThrow()
    return write(transaction, last_change)
  })
}

/** @returns the number of the owner's last change; 0 if there was none */
export async function lastChange(db: Database, owner: string): Promise<number> {
  const row = await db.selectFrom('calendars').select('last_change').where('owner', '=', owner).executeTakeFirst()
  return row?.last_change ?? 0
}

/** @returns the same for several owners at once. An owner without any change is left out */
export async function lastChanges(db: Database, owners: string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('calendars').select(['owner', 'last_change']).where('owner', 'in', owners).execute()
  return new Map(rows.map(row => [row.owner, row.last_change]))
}

/** Records that events no longer exist. @param now milliseconds since 1970 */
export async function recordDeleted(
  db: Database,
  owner: string,
  ids: string[],
  change: number,
  now: number,
): Promise<void> {
  if (ids.length === 0) return
  await db
    .insertInto('deleted_events')
    .values(ids.map(id => ({ owner, id, change, deleted_ms: now })))
    .onConflict(conflict => conflict.columns(['owner', 'id']).doUpdateSet({ change, deleted_ms: now }))
    .execute()
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
  owner: string,
  after: { change: number; id: string },
  limit: number,
): Promise<Changed[]> {
  // One statement, so that an event that is deleted meanwhile is in neither part or in one.
  const rows = await db
    .selectFrom(eb => {
      const present = eb.selectFrom('events').select(['id', 'change']).where('owner', '=', owner)
      const deleted = eb
        .selectFrom('deleted_events')
        .select(['id', 'change'])
        .where('owner', '=', owner)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('events as again')
                .select('again.id')
                .where('again.owner', '=', owner)
                .whereRef('again.id', '=', 'deleted_events.id'),
            ),
          ),
        )
      const later = sql<boolean>`(change, id) > (${after.change}, ${after.id})`
      return present.where(later).unionAll(deleted.where(later)).as('changed')
    })
    .leftJoin('events', join => join.onRef('events.id', '=', 'changed.id').on('events.owner', '=', owner))
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
