/** Events that came from an iCalendar file: their name there, and which version of them it was. */
import type { Kysely, Migration } from 'kysely'

export const files: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.alterTable('events').addColumn('ical_uid', 'text').execute()
    await db.schema.alterTable('events').addColumn('file_version_ms', 'bigint').execute()
  },
}
