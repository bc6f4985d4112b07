/** Trips and their activities. Every query includes the user, so that no user finds another user's trip. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import type { Database, TripItemTable, TripTable } from './schema'

export type TripRow = TripTable
export type TripItemRow = TripItemTable
export type NewTripItem = Omit<TripItemTable, 'event_id' | 'event_content' | 'adding_until_ms'>

/** The parts of an item that a user can change. */
export type ItemContent = Pick<TripItemTable, 'summary' | 'location' | 'notes' | 'starts_at' | 'ends_at' | 'time_zone'>

const selectAll = compiledOnce((db: Database, { userId }: { userId: string }) =>
  db
    .selectFrom('trips')
    .selectAll()
    .select(query =>
      query
        .selectFrom('trip_items')
        .whereRef('trip_items.trip_id', '=', 'trips.id')
        .select(count => count.fn.countAll<number>().as('items'))
        .as('items'),
    )
    .where('user_id', '=', userId)
    .orderBy('starts_on')
    .orderBy('created_at'),
)

/** The user's trips, earliest first. */
export async function listOf(db: Database, userId: string): Promise<(TripRow & { items: number })[]> {
  const rows = await selectAll(db, { userId })
  return rows.map(row => ({ ...row, items: row.items ?? 0 }))
}

export async function find(db: Database, userId: string, id: string): Promise<TripRow | undefined> {
  return db.selectFrom('trips').selectAll().where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
}

/** Adds a trip with all its items, or nothing at all. */
export async function add(db: Database, trip: TripRow, items: NewTripItem[]): Promise<void> {
  await db.transaction().execute(async transaction => {
    await transaction.insertInto('trips').values(trip).execute()
    if (items.length > 0) await transaction.insertInto('trip_items').values(items.map(notInCalendar)).execute()
  })
}

/** Renames or moves a trip. `items` contains the new times of its items. */
export async function change(
  db: Database,
  id: string,
  trip: Pick<TripRow, 'name' | 'starts_on'>,
  items: Pick<TripItemRow, 'id' | 'starts_at' | 'ends_at'>[],
): Promise<void> {
  await db.transaction().execute(async transaction => {
    await transaction.updateTable('trips').set(trip).where('id', '=', id).execute()
    for (const { id: itemId, starts_at, ends_at } of items) {
      await transaction.updateTable('trip_items').set({ starts_at, ends_at }).where('id', '=', itemId).execute()
    }
  })
}

/** Removes a trip and its items. */
export async function remove(db: Database, id: string): Promise<void> {
  await db.deleteFrom('trips').where('id', '=', id).execute()
}

/** The items of a trip, sorted by start. */
export async function itemsOf(db: Database, tripId: string): Promise<TripItemRow[]> {
  return db
    .selectFrom('trip_items')
    .selectAll()
    .where('trip_id', '=', tripId)
    .orderBy('starts_at')
    .orderBy('id')
    .execute()
}

export async function addItem(db: Database, item: NewTripItem): Promise<void> {
  await db.insertInto('trip_items').values(notInCalendar(item)).execute()
}

export async function changeItem(db: Database, id: string, content: ItemContent): Promise<void> {
  await db.updateTable('trip_items').set(content).where('id', '=', id).execute()
}

export async function removeItem(db: Database, id: string): Promise<void> {
  await db.deleteFrom('trip_items').where('id', '=', id).execute()
}

/**
 * Claims the right to add an item to the calendar, and sets the id that its event will have. Of two clicks, one wins.
 * @param eventId used if the item has none yet
 * @returns the current item; undefined if another request holds the claim
 */
export async function claimItem(
  db: Database,
  id: string,
  eventId: string,
  nowMs: number,
  untilMs: number,
): Promise<TripItemRow | undefined> {
  return db
    .updateTable('trip_items')
    .set(set => ({ adding_until_ms: untilMs, event_id: set.fn.coalesce('event_id', set.val(eventId)) }))
    .where('id', '=', id)
    .where(or => or.or([or('adding_until_ms', 'is', null), or('adding_until_ms', '<', nowMs)]))
    .returningAll()
    .executeTakeFirst()
}

/** Releases the claim. */
export async function releaseItem(db: Database, id: string): Promise<void> {
  await db.updateTable('trip_items').set({ adding_until_ms: null }).where('id', '=', id).execute()
}

/** Records the event that the calendar now contains for an item. */
export async function putEvent(db: Database, id: string, eventId: string, content: string): Promise<void> {
  await db.updateTable('trip_items').set({ event_id: eventId, event_content: content }).where('id', '=', id).execute()
}

/** The user's item that an event belongs to. */
export async function findByEvent(db: Database, userId: string, eventId: string): Promise<TripItemRow | undefined> {
  return db
    .selectFrom('trip_items')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('event_content', 'is not', null)
    .where('trip_id', 'in', query => query.selectFrom('trips').select('id').where('user_id', '=', userId))
    .executeTakeFirst()
}

/** Records that an event is no longer in the calendar, if it belongs to one of the user's items. */
export async function forgetEvent(db: Database, userId: string, eventId: string): Promise<void> {
  await db
    .updateTable('trip_items')
    .set({ event_id: null, event_content: null })
    .where('event_id', '=', eventId)
    .where('trip_id', 'in', query => query.selectFrom('trips').select('id').where('user_id', '=', userId))
    .execute()
}

function notInCalendar(item: NewTripItem): TripItemRow {
  return { ...item, event_id: null, event_content: null, adding_until_ms: null }
}
