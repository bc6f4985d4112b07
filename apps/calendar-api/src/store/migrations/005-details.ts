/** The members of an event that the calendar keeps for apps, and an index to find an event by its extended properties. */
import { type Kysely, type Migration, SqliteAdapter, sql } from 'kysely'

export const details: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.alterTable('events').addColumn('details', 'text').execute()
    // With the order of `events.id`, or PostgreSQL could not look up an event's property by its id.
    const id = db.getExecutor().adapter instanceof SqliteAdapter ? sql`text` : sql`text collate "C"`
    // The properties of an event go, and move, with the event.
    await db.schema
      .createTable('event_properties')
      .addColumn('calendar', 'text', column => column.notNull())
      .addColumn('id', id, column => column.notNull())
      .addColumn('property', 'text', column => column.notNull())
      .addPrimaryKeyConstraint('event_properties_key', ['calendar', 'id', 'property'])
      .addForeignKeyConstraint('property_of_event', ['calendar', 'id'], 'events', ['owner', 'id'], key =>
        key.onDelete('cascade').onUpdate('cascade'),
      )
      .execute()
    await db.schema
      .createIndex('events_by_property')
      .on('event_properties')
      .columns(['calendar', 'property', 'id'])
      .execute()
  },
}
