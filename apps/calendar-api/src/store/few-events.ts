/** A filter that leaves only few events: they are found by its own index, and not by the order of the list. */
import { sql } from 'kysely'
import type { ListQuery } from '../calendar/list-query'
import { idsWithProperty } from './properties'
import { type Database, EVENT_COLUMNS, type SelectEvents, type SelectIds } from './schema'

/** Of more events than this, it is faster to read a list in its order until a page is full. */
const RARE = 1_000

/** @returns a query for the calendar's events that may pass the narrowest filter; undefined if they are many */
export async function fewEvents(
  db: Database,
  calendar: string,
  { uid, properties: [property] }: ListQuery,
): Promise<SelectEvents | undefined> {
  if (uid !== undefined) {
    const mine = db.selectFrom('events').select('id as found_id').where('calendar', '=', calendar)
    return withIds(db, calendar, mine.where('id', '=', uid).unionAll(mine.where('recurring_id', '=', uid)))
  }
  if (property === undefined) return undefined
  const some = idsWithProperty(db, calendar, property).limit(sql.lit(RARE + 1))
  return (await some.execute()).length > RARE ? undefined : withIds(db, calendar, some)
}

function withIds(db: Database, calendar: string, ids: SelectIds): SelectEvents {
  // SQLite takes the left side of a cross join first.
  const select = db
    .selectFrom(ids.as('found'))
    .crossJoin('events')
    .select(EVENT_COLUMNS)
    .where('calendar', '=', calendar)
    .whereRef('events.id', '=', 'found.found_id')
  return select as unknown as SelectEvents
}
