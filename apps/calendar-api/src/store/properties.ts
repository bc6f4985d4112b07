/** Finds the events that have certain extended properties. They are named as in `calendar/extended-properties.ts`. */
import { type RawBuilder, sql } from 'kysely'
import type { CalendarEvent } from '../calendar/event'
import { propertiesOf } from '../calendar/extended-properties'
import type { Database, SelectIds } from './schema'

/** Enters an event's properties in the index. @param before its previous version; undefined for a new event */
export async function enterProperties(db: Database, calendar: string, event: CalendarEvent, before?: CalendarEvent) {
  const [old, present] = [new Set(before ? propertiesOf(before) : []), propertiesOf(event)]
  const added = present.filter(property => !old.delete(property))
  const removed = [...old]
  if (removed.length > 0) {
    await db
      .deleteFrom('event_properties')
      .where('calendar', '=', calendar)
      .where('id', '=', event.id)
      .where('property', 'in', removed)
      .execute()
  }
  if (added.length === 0) return
  const rows = added.map(property => ({ calendar, id: event.id, property }))
  await db.insertInto('event_properties').values(rows).execute()
}

/** @returns a condition: the event has all these properties */
export function hasProperties(calendar: string, properties: string[]): RawBuilder<boolean> {
  // OFFSET keeps PostgreSQL from a join, for which it may read the properties in all calendars.
  const each = properties.map(
    property => sql`exists (select 1 from event_properties as own
      where own.calendar = ${calendar} and own.property = ${property} and own.id = events.id limit 1 offset 0)`,
  )
  return sql<boolean>`(${sql.join(each, sql` and `)})`
}

/** @returns a query for the ids of the calendar's events with this property */
export function idsWithProperty(db: Database, calendar: string, property: string): SelectIds {
  return (
    db
      .selectFrom('event_properties')
      .select('id as found_id')
      .where('calendar', '=', calendar)
      .where('property', '=', property)
      // Or PostgreSQL might read the properties in all calendars until it has found enough.
      .orderBy('id')
  )
}
