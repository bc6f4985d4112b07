/** The index of series says also when each begins, so that a list of a month reads only the series of that month. */
import { type Kysely, type Migration, sql } from 'kysely'

export const seriesInAWindow: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.dropIndex('events_repeating').execute()
    await sql`
      create index events_repeating on events (calendar, end_at_ms, start_at_ms) where recurrence is not null`.execute(
      db,
    )
  },
}
