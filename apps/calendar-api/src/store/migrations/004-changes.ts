/** What a client needs to learn what has changed since it last asked: each change of a calendar has a number. */
import type { Kysely, Migration } from 'kysely'

export const changes: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .createTable('calendars')
      .addColumn('owner', 'text', column => column.primaryKey())
      .addColumn('last_change', 'bigint', column => column.notNull())
      .execute()
    await db.schema
      .alterTable('events')
      .addColumn('change', 'bigint', column => column.notNull().defaultTo(0))
      .execute()
    await db.schema.createIndex('events_by_change').on('events').columns(['owner', 'change', 'id']).execute()
    await db.schema
      .createTable('deleted_events')
      .addColumn('owner', 'text', column => column.notNull())
      .addColumn('id', 'text', column => column.notNull())
      .addColumn('change', 'bigint', column => column.notNull())
      .addPrimaryKeyConstraint('deleted_events_key', ['owner', 'id'])
      .execute()
    await db.schema
      .createIndex('deleted_events_by_change')
      .on('deleted_events')
      .columns(['owner', 'change', 'id'])
      .execute()
  },
}
