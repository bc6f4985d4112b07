import type { Kysely, Migration } from 'kysely'

export const events: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .createTable('events')
      .addColumn('owner', 'text', column => column.notNull())
      .addColumn('id', 'text', column => column.notNull())
      .addColumn('etag', 'text', column => column.notNull())
      .addColumn('status', 'text', column => column.notNull())
      .addColumn('summary', 'text')
      .addColumn('description', 'text')
      .addColumn('location', 'text')
      .addColumn('start_time', 'text', column => column.notNull())
      .addColumn('end_time', 'text', column => column.notNull())
      .addColumn('recurrence', 'text')
      .addColumn('start_at_ms', 'bigint', column => column.notNull())
      .addColumn('end_at_ms', 'bigint', column => column.notNull())
      .addColumn('search_text', 'text', column => column.notNull())
      .addColumn('created_ms', 'bigint', column => column.notNull())
      .addColumn('updated_ms', 'bigint', column => column.notNull())
      .addPrimaryKeyConstraint('events_key', ['owner', 'id'])
      .execute()
    // In the order of a list, so that no query has to sort.
    await db.schema.createIndex('events_by_start').on('events').columns(['owner', 'start_at_ms', 'id']).execute()
    await db.schema
      .createTable('seeded_owners')
      .addColumn('owner', 'text', column => column.primaryKey())
      .execute()
  },
}
