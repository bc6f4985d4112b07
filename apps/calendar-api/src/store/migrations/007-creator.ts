/** Who made an event, and how often it was rescheduled. */
import type { Kysely, Migration } from 'kysely'

export const creator: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.alterTable('events').addColumn('creator', 'text').execute()
    await db.schema
      .alterTable('events')
      .addColumn('sequence', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  },
}
