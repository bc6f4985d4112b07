/** Moves an event, or a series with all its single events, to another calendar of the same owner. */
import type { CalendarEvent } from '../calendar/event'
import { nextChange, recordDeleted } from './changes'
import { find, newTag, toEvent } from './events'
import { type Database, EVENT_COLUMNS } from './schema'

/**
 * @param event as it was read
 * @param from, to ids of calendars, which differ
 * @returns undefined if the event has changed since; `conflict` if the other calendar has an event with its id
 */
export function move(
  db: Database,
  event: CalendarEvent,
  from: string,
  to: string,
  now: number,
): Promise<CalendarEvent | 'conflict' | undefined> {
  // Always in the same order, so that two moves in opposite directions do not wait for each other.
  const [first = from, second = to] = [from, to].sort()
  return db.transaction().execute(async tx => {
    const change = await nextChange(tx, first)
    const other = await nextChange(tx, second)
    const [left, arrived] = first === from ? [change, other] : [other, change]
    if (await find(tx, to, event.id)) return 'conflict'
    const row = await tx
      .updateTable('events')
      .set({ calendar: to, change: arrived, etag: newTag(), updated_ms: now })
      .where('calendar', '=', from)
      .where('id', '=', event.id)
      .where('etag', '=', event.etag)
      .returning(EVENT_COLUMNS)
      .executeTakeFirst()
    if (!row) return undefined
    const instances = await tx
      .updateTable('events')
      .set({ calendar: to, change: arrived, etag: newTag(), updated_ms: now })
      .where('calendar', '=', from)
      .where('recurring_id', '=', event.id)
      .returning('id')
      .execute()
    const ids = [event.id, ...instances.map(({ id }) => id)]
    await recordDeleted(tx, from, ids, left, now)
    return toEvent(row)
  })
}
