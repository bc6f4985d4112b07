/**
 * Several calendars for each user. An event belonged to its owner; now it belongs to a calendar. A primary calendar has the id
 * of its owner, so that all events that exist are in one, and every index stays as it is.
 */
import { type Kysely, type Migration, sql } from 'kysely'

export const calendars: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.alterTable('events').renameColumn('owner', 'calendar').execute()
    await db.schema.alterTable('deleted_events').renameColumn('owner', 'calendar').execute()
    await db.schema.alterTable('calendars').renameColumn('owner', 'id').execute()
    await db.schema
      .alterTable('calendars')
      .addColumn('owner', 'text', column => column.notNull().defaultTo(''))
      .execute()
    await sql`update calendars set owner = id`.execute(db)
    for (const column of ['about', 'entry']) {
      await db.schema.alterTable('calendars').addColumn(column, 'text').execute()
    }
    await db.schema
      .alterTable('calendars')
      .addColumn('etag', 'text', column => column.notNull().defaultTo('"0"'))
      .execute()
    for (const column of ['created_ms', 'updated_ms']) {
      await db.schema
        .alterTable('calendars')
        .addColumn(column, 'bigint', column => column.notNull().defaultTo(0))
        .execute()
    }
    await db.schema.alterTable('calendars').addColumn('deleted_ms', 'bigint').execute()
    await sql`create index calendars_of_owner on calendars (owner, id) where deleted_ms is null`.execute(db)
    await sql`create index calendars_deleted on calendars (deleted_ms) where deleted_ms is not null`.execute(db)
  },
}
