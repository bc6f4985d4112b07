/** All queries on calendars. Each includes the owner, so that no user finds another user's calendar. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { BATCH } from '@glasshouse/shared/sweep'
import { type Selectable, sql } from 'kysely'
import { type About, type Calendar, type Entry, isPrimary, NEW_ABOUT, NEW_ENTRY, primaryOf } from '../calendar/calendar'
import { inOneChange, recordDeleted } from './changes'
import { createEventId, newTag } from './events'
import type { CalendarTable, Database } from './schema'

/** How many calendars a user can have, with the primary one. */
export const MOST_CALENDARS = 100

export async function find(db: Database, owner: string, id: string): Promise<Calendar | undefined> {
  // PostgreSQL cannot even compare text with NUL.
  if (!/^[\x21-\x7e]{1,256}$/.test(id)) return undefined
  const [row] = await findRow(db, { owner, id })
  return row ? toCalendar(row) : id === owner ? primaryOf(owner) : undefined
}

const findRow = compiledOnce((db: Database, { owner, id }: { owner: string; id: string }) =>
  db
    .selectFrom('calendars')
    .selectAll()
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('deleted_ms', 'is', null),
)

/** @returns the owner's calendars, the primary one first and the others by age */
export async function listOf(db: Database, owner: string): Promise<Calendar[]> {
  const rows = await db
    .selectFrom('calendars')
    .selectAll()
    .where('owner', '=', owner)
    .where('deleted_ms', 'is', null)
    .orderBy('created_ms')
    .orderBy('id')
    .execute()
  const calendars = rows.map(toCalendar)
  return [calendars.find(isPrimary) ?? primaryOf(owner), ...calendars.filter(calendar => !isPrimary(calendar))]
}

/** @returns undefined if the owner has as many calendars as a user can have */
export function add(db: Database, owner: string, about: About, now: number): Promise<Calendar | undefined> {
  return db.transaction().execute(async tx => {
    // One at a time for each owner, so that together they do not exceed the limit.
    await tx
      .insertInto('calendars')
      .values({ id: owner, owner, last_change: 0 })
      .onConflict(conflict =>
        conflict.column('id').doUpdateSet(eb => ({ last_change: eb.ref('calendars.last_change') })),
      )
      .execute()
    const { count } = await tx
      .selectFrom('calendars')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('owner', '=', owner)
      .where('deleted_ms', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(count) >= MOST_CALENDARS) return undefined
    const row = await tx
      .insertInto('calendars')
      .values({
        // Like an event's id, but it cannot be a user's.
        id: `c_${createEventId()}`,
        owner,
        last_change: 0,
        about: JSON.stringify(about),
        etag: newTag(),
        created_ms: now,
        updated_ms: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return toCalendar(row)
  })
}

/** @returns undefined if the calendar has changed since it was read. One statement checks and changes it */
export async function replace(
  db: Database,
  { id, owner, etag }: Calendar,
  { about, entry }: { about: About; entry: Entry },
  now: number,
): Promise<Calendar | undefined> {
  const changed = { about: JSON.stringify(about), entry: JSON.stringify(entry), etag: newTag(), updated_ms: now }
  // The first change of a primary calendar makes its row.
  const row = await db
    .insertInto('calendars')
    .values({ id, owner, last_change: 0, created_ms: now, ...changed })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet(changed)
        .where('calendars.owner', '=', owner)
        .where('calendars.etag', '=', etag)
        .where('calendars.deleted_ms', 'is', null),
    )
    .returningAll()
    .executeTakeFirst()
  return row && toCalendar(row)
}

/**
 * Deletes a calendar that is not primary, with its feed. Its events can no longer be reached; `forgetEvents` deletes them,
 * however many.
 * @returns false if it has changed since it was read. One statement checks and deletes it
 */
export function remove(db: Database, { id, owner, etag }: Calendar, now: number): Promise<boolean> {
  return db.transaction().execute(async tx => {
    // Changes of its events wait for this, and are then refused.
    const row = await tx
      .updateTable('calendars')
      .set(eb => ({ deleted_ms: now, about: null, entry: null, last_change: eb('last_change', '+', 1) }))
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('etag', '=', etag)
      .where('deleted_ms', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!row) return false
    await tx.deleteFrom('feeds').where('calendar', '=', id).execute()
    return true
  })
}

/** Of how many deleted calendars the events are sought at once. The newest come first, because the others are empty by then. */
const AT_ONCE = 1_000

/** Deletes some events of calendars that were deleted. @returns how many; at most `BATCH` */
export async function forgetEvents(db: Database): Promise<number> {
  // Two statements, so that PostgreSQL certainly looks the events up by their calendar.
  const gone = await db
    .selectFrom('calendars')
    .select('id')
    .where('deleted_ms', 'is not', null)
    .orderBy('deleted_ms', 'desc')
    .limit(sql.lit(AT_ONCE))
    .execute()
  if (gone.length === 0) return 0
  const some = db
    .selectFrom('events')
    .select(['calendar', 'id'])
    .where(
      'calendar',
      'in',
      gone.map(({ id }) => id),
    )
    .limit(sql.lit(BATCH))
  const { numDeletedRows } = await db
    .deleteFrom('events')
    .where(eb => eb(eb.refTuple('calendar', 'id'), 'in', some.$asTuple('calendar', 'id')))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** A request that found the calendar before it was deleted has ended long before. In milliseconds. */
const REMEMBERED_MS = 86_400_000

/**
 * Forgets some calendars that were deleted, of any user.
 * @param now milliseconds since 1970
 * @returns how many; at most `BATCH`
 */
export async function forgetDeleted(db: Database, now: number): Promise<number> {
  const old = db
    .selectFrom('calendars')
    .select('id')
    .where('deleted_ms', '<', now - REMEMBERED_MS)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('events').select('events.id').whereRef('events.calendar', '=', 'calendars.id'))),
    )
    .orderBy('deleted_ms')
    .limit(sql.lit(BATCH))
  const { numDeletedRows } = await db.deleteFrom('calendars').where('id', 'in', old).executeTakeFirst()
  return Number(numDeletedRows)
}

/** Deletes all events of a calendar, some at a time, so that others can write in between. */
export async function clear(db: Database, calendar: string, now: number): Promise<void> {
  while ((await clearSome(db, calendar, now)) === BATCH) await nextTurn()
}

function clearSome(db: Database, calendar: string, now: number): Promise<number> {
  return inOneChange(db, calendar, async (tx, change) => {
    const rows = await tx
      .selectFrom('events')
      .select('id')
      .where('calendar', '=', calendar)
      .limit(sql.lit(BATCH))
      .execute()
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0) await tx.deleteFrom('events').where('calendar', '=', calendar).where('id', 'in', ids).execute()
    await recordDeleted(tx, calendar, ids, change, now)
    return ids.length
  })
}

function toCalendar(row: Selectable<CalendarTable>): Calendar {
  return {
    id: row.id,
    owner: row.owner,
    about: row.about === null ? NEW_ABOUT : JSON.parse(row.about),
    entry: row.entry === null ? NEW_ENTRY : JSON.parse(row.entry),
    etag: row.etag,
    lastChange: row.last_change,
  }
}
