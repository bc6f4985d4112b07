/** Secret addresses for programs that subscribe to a calendar. */
import type { Kysely, Migration } from 'kysely'

export const feeds: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .createTable('feeds')
      .addColumn('calendar', 'text', column => column.primaryKey())
      .addColumn('secret_hash', 'text', column => column.notNull().unique())
      .addColumn('created_ms', 'bigint', column => column.notNull())
      .addColumn('client_id', 'text', column => column.notNull())
      .execute()
  },
}
