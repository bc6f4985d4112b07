import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely'

/**
 * The number of changes to the clients and the signing keys (../registry.ts). Triggers count, so that no change is missed,
 * not even one by hand, and the new number becomes visible together with the change.
 */
export const registryVersion: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .createTable('registry_version')
      .addColumn('id', 'integer', column => column.primaryKey())
      .addColumn('value', 'bigint', column => column.notNull())
      .execute()
    await db.insertInto('registry_version').values({ id: 1, value: 0 }).execute()
    const onPostgres = db.getExecutor().adapter instanceof PostgresAdapter
    if (onPostgres) await createFunction(db)
    for (const table of ['clients', 'signing_keys']) await (onPostgres ? countOnPostgres : countOnSqlite)(db, table)
  },
}

async function countOnSqlite(db: Kysely<unknown>, table: string) {
  for (const change of ['insert', 'update', 'delete']) {
    await sql`
      create trigger ${sql.id(`${table}_${change}_counts`)} after ${sql.raw(change)} on ${sql.table(table)}
      begin
        update registry_version set value = value + 1;
      end`.execute(db)
  }
}

async function createFunction(db: Kysely<unknown>) {
  // With the schema's name, because a session in which somebody makes a change by hand may have another search_path.
  await sql`
    create function count_registry_change() returns trigger language plpgsql as $$
    begin
      execute format('update %I.registry_version set value = value + 1', tg_table_schema);
      return null;
    end $$`.execute(db)
}

async function countOnPostgres(db: Kysely<unknown>, table: string) {
  await sql`
    create trigger ${sql.id(`${table}_counts`)} after insert or update or delete or truncate on ${sql.table(table)}
    for each statement execute function count_registry_change()`.execute(db)
}
