/** When an event was deleted: for lists with `updatedMin`, and to forget it when no sync token is old enough to need it. */
import { type Kysely, type Migration, SqliteAdapter, sql } from 'kysely'

export const deletionTimes: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .alterTable('deleted_events')
      .addColumn('deleted_ms', 'bigint', column => column.notNull().defaultTo(0))
      .execute()
    // Nobody knows when. They are kept as if it were now, which is longer than necessary.
    await db.updateTable('deleted_events').set({ deleted_ms: Date.now() }).execute()
    await db.schema.createIndex('deleted_events_by_time').on('deleted_events').columns(['deleted_ms']).execute()
    await db.schema
      .createIndex('deleted_events_of_owner')
      .on('deleted_events')
      .columns(['owner', 'deleted_ms', 'id'])
      .execute()
    // With the order of `events.id`, or PostgreSQL could not look up by its id whether an event is there again.
    if (!(db.getExecutor().adapter instanceof SqliteAdapter)) {
      await sql`alter table deleted_events alter column id type text collate "C"`.execute(db)
    }
  },
}
