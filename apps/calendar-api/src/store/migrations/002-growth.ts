/** Indexes that keep a list as fast in a large store as in a small one. */
import { type Kysely, type Migration, SqliteAdapter, sql } from 'kysely'

export const growth: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    if (db.getExecutor().adapter instanceof SqliteAdapter) await searchOnSqlite(db)
    else await searchOnPostgres(db)
    await db.schema.createIndex('events_by_update').on('events').columns(['owner', 'updated_ms', 'id']).execute()
    // The same expression as `lengthClass` in store/running-events.ts.
    await sql`
      create index events_by_length on events (owner, (case
        when end_at_ms - start_at_ms <= 86400000 then 0
        when end_at_ms - start_at_ms <= 691200000 then 1
        when end_at_ms - start_at_ms <= 5529600000 then 2
        when end_at_ms - start_at_ms <= 44236800000 then 3
        when end_at_ms - start_at_ms <= 353894400000 then 4
        else 5 end), end_at_ms)`.execute(db)
  },
}

/**
 * A full-text index over `search_text` (https://www.sqlite.org/fts5.html), which SQLite keeps up to date itself. It refers
 * to events by a number, and SQLite gives numbers that stay only to an integer primary key, so the table is made anew.
 */
async function searchOnSqlite(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table numbered_events (
      number integer primary key,
      owner text not null, id text not null, etag text not null, status text not null,
      summary text, description text, location text,
      start_time text not null, end_time text not null, recurrence text,
      start_at_ms bigint not null, end_at_ms bigint not null,
      search_text text not null, created_ms bigint not null, updated_ms bigint not null,
      constraint events_key unique (owner, id))`.execute(db)
  const columns = sql.raw(
    'owner, id, etag, status, summary, description, location, start_time, end_time, recurrence, ' +
      'start_at_ms, end_at_ms, search_text, created_ms, updated_ms',
  )
  await sql`insert into numbered_events (${columns}) select ${columns} from events`.execute(db)
  await db.schema.dropTable('events').execute()
  await db.schema.alterTable('numbered_events').renameTo('events').execute()
  await db.schema.createIndex('events_by_start').on('events').columns(['owner', 'start_at_ms', 'id']).execute()
  await sql`
    create virtual table event_search using fts5(search_text, content='events', content_rowid='number',
      tokenize='trigram case_sensitive 1', detail='none', columnsize=0)`.execute(db)
  await sql`insert into event_search (event_search) values ('rebuild')`.execute(db)
  const enter = sql`insert into event_search (rowid, search_text) values (new.number, new.search_text);`
  const leave = sql`insert into event_search (event_search, rowid, search_text) values ('delete', old.number, old.search_text);`
  await sql`create trigger event_added after insert on events begin ${enter} end`.execute(db)
  await sql`create trigger event_removed after delete on events begin ${leave} end`.execute(db)
  await sql`
    create trigger event_changed after update on events when old.search_text <> new.search_text
    begin ${leave} ${enter} end`.execute(db)
}

/**
 * PostgreSQL's `pg_trgm` finds part of a word by an index. The extension is part of every usual installation, but a role
 * may lack the right to add it to the database. Then `q` works all the same, and reads all events of its owner.
 */
async function searchOnPostgres(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ present: boolean; allowed: boolean }>`
    select
      exists (select from pg_extension where extname = 'pg_trgm') as present,
      exists (select from pg_namespace where nspname = 'public')
        and exists (select from pg_available_extension_versions where name = 'pg_trgm' and trusted)
        and has_database_privilege(current_database(), 'create') as allowed`.execute(db)
  if (!rows[0]?.present) {
    if (!rows[0]?.allowed) return
    // Not in this service's own schema, which a restore of a backup drops first.
    await sql`create extension if not exists pg_trgm schema public`.execute(db)
  }
  const { rows: places } = await sql<{ schema: string }>`
    select nspname as schema from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
    where extname = 'pg_trgm' and has_schema_privilege(nspname, 'usage')`.execute(db)
  if (!places[0]) return
  const operators = sql.id(places[0].schema, 'gin_trgm_ops')
  await sql`create index events_by_text on events using gin (search_text ${operators})`.execute(db)
}
