/** Events that repeat: their single events that were changed, and indexes to find both. */
import { type Kysely, type Migration, SqliteAdapter, sql } from 'kysely'

export const series: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.alterTable('events').addColumn('recurring_id', 'text').execute()
    await db.schema.alterTable('events').addColumn('original_start', 'text').execute()
    await db.schema.alterTable('events').addColumn('original_start_ms', 'bigint').execute()
    // The ids of single events contain `_`, which the rules of a language would ignore when they sort.
    if (!(db.getExecutor().adapter instanceof SqliteAdapter)) {
      await sql`alter table events alter column id type text collate "C"`.execute(db)
    }
    // Until now this was the end of the first event. It may be too late, but not too early: NEVER in recurrence/series.ts.
    await sql`update events set end_at_ms = 253402300800000 where recurrence is not null`.execute(db)
    await sql`create index events_repeating on events (owner, end_at_ms) where recurrence is not null`.execute(db)
    await sql`
      create index events_of_series on events (owner, recurring_id, original_start_ms)
      where recurring_id is not null`.execute(db)
  },
}
