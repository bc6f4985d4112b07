/**
 * Opens a service's own store: a SQLite file, or a schema of its own in PostgreSQL. The same queries and
 * migrations run on both. What depends on the engine is here, in `sqlite.ts` and the files `postgres-…`, in how requests
 * share work (`one-commit.ts`, `shared-look.ts`), and in `store-unavailable.ts`.
 */
import type SqliteDatabase from 'better-sqlite3'
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely'
import type { QueryClient } from './postgres-connection'
import { DEFAULT_LIMITS, type PostgresLimits } from './postgres-limits'
import { OneRollbackDialect, openSqliteFile } from './sqlite'
import { explainStoreTrouble } from './store-trouble'

export interface StoreLocation {
  /** The service's name, which names the SQLite file and, with `_` for `-`, the PostgreSQL schema. */
  service: string
  dataDir: string
  databaseUrl: string | undefined
  /** For PostgreSQL. */
  databaseLimits?: PostgresLimits
}

export interface Store<Tables> {
  db: Kysely<Tables>
  /** The driver below Kysely, for libraries that bring queries of their own (the rate limiter). */
  driver: { engine: 'sqlite'; handle: SqliteDatabase.Database } | { engine: 'postgres'; handle: QueryClient }
  close(): Promise<void>
}

/**
 * Opens the store and runs the missing migrations. On PostgreSQL any number of services and copies may do this at
 * the same moment, on an empty database too.
 * @throws StoreTrouble when the file or the server cannot be used, in a line that names it and says what to do
 */
export async function openStore<Tables>(
  location: StoreLocation,
  migrations: Record<string, Migration>,
): Promise<Store<Tables>> {
  try {
    return location.databaseUrl
      ? await openPostgres<Tables>(location, location.databaseUrl, migrations)
      : await openSqlite<Tables>(location, migrations)
  } catch (error) {
    throw explainStoreTrouble(error, location)
  }
}

/**
 * How long SQLite waits for another process that writes to the file. The whole service waits with it, each request in
 * turn, so it is short; a start has more time, because the other process may be at the migrations.
 */
const BUSY_TIMEOUT_MS = { start: 5_000, request: 250 }

async function openSqlite<Tables>(
  { service, dataDir }: StoreLocation,
  migrations: Record<string, Migration>,
): Promise<Store<Tables>> {
  const handle = openSqliteFile(dataDir, `${service}.sqlite`)
  const db = new Kysely<Tables>({ dialect: new OneRollbackDialect(handle) })
  try {
    handle.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS.start}`)
    handle.pragma('journal_mode = WAL')
    handle.pragma('synchronous = NORMAL')
    handle.pragma('foreign_keys = ON')
    await migrate(db, migrations)
    handle.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS.request}`)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, driver: { engine: 'sqlite', handle }, close: () => db.destroy() }
}

async function openPostgres<Tables>(
  { service, databaseLimits = DEFAULT_LIMITS }: StoreLocation,
  databaseUrl: string,
  migrations: Record<string, Migration>,
): Promise<Store<Tables>> {
  const { createPool, connectionsOf } = postgres()
  const schema = service.replaceAll('-', '_')
  await prepareSchema(databaseUrl, schema, migrations)
  const { forKysely, forLibrary } = connectionsOf(createPool(databaseUrl, schema, databaseLimits))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: forKysely }) })
  return { db, driver: { engine: 'postgres', handle: forLibrary }, close: () => db.destroy() }
}

/** PostgreSQL's client takes 6 MB of memory and 70 ms to load, so a service that uses SQLite does without. */
function postgres(): typeof import('./postgres-pool') & typeof import('./postgres-connection') {
  return { ...require('./postgres-pool'), ...require('./postgres-connection') }
}

/**
 * Creates the schema and runs the migrations, on one connection that holds a lock for as long: of several copies that
 * start at the same moment, one does the work and the others find it done. `IF NOT EXISTS` alone does not ensure that.
 */
async function prepareSchema(
  databaseUrl: string,
  schema: string,
  migrations: Record<string, Migration>,
): Promise<void> {
  const { createPool, forMigrations } = postgres()
  const pool = forMigrations(createPool(databaseUrl, schema))
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    await db.connection().execute(async connection => {
      // The server releases it when the connection is closed.
      await sql`select pg_advisory_lock(hashtext(${`glasshouse ${schema}`}))`.execute(connection)
      // Asked first, because a role that may not create schemas may still own this one.
      const existing = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(connection)
      if (existing.rows.length === 0) await connection.schema.createSchema(schema).execute()
      await migrate(connection, migrations, schema)
    })
  } finally {
    await db.destroy()
  }
}

/** @param schema where Kysely keeps its record of migrations: without it, it takes another service's for this one's */
async function migrate<Tables>(
  db: Kysely<Tables>,
  migrations: Record<string, Migration>,
  schema?: string,
): Promise<void> {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    ...(schema && { migrationTableSchema: schema }),
  }).migrateToLatest()
  if (error) throw error
}
