/**
 * Opens a service's own store: a SQLite file, or a schema of its own in PostgreSQL. The same queries and
 * migrations run on both; what differs between the two engines is here and nowhere else.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { Kysely, type Migration, Migrator, PostgresDialect, SqliteDialect } from 'kysely'
import { Pool, types } from 'pg'

export interface StoreLocation {
  /** The service's name: names the SQLite file, and with `_` for `-` the PostgreSQL schema. */
  service: string
  dataDir: string
  databaseUrl: string | undefined
}

export interface Store<Tables> {
  db: Kysely<Tables>
  /** The driver below Kysely, for libraries that bring queries of their own (the rate limiter). */
  driver: { engine: 'sqlite'; handle: SqliteDatabase.Database } | { engine: 'postgres'; handle: Pool }
  close(): Promise<void>
}

/**
 * Opens the store and brings it to the newest migration. Several copies may start at once on PostgreSQL:
 * Kysely's migrator takes a lock there.
 * @throws what the driver throws when the file or the server cannot be opened
 */
export async function openStore<Tables>(
  location: StoreLocation,
  migrations: Record<string, Migration>,
): Promise<Store<Tables>> {
  const store = location.databaseUrl
    ? await openPostgres<Tables>(location, location.databaseUrl)
    : openSqlite<Tables>(location)
  const { error } = await new Migrator({
    db: store.db,
    provider: { getMigrations: async () => migrations },
  }).migrateToLatest()
  if (error) {
    await store.close()
    throw error
  }
  return store
}

function openSqlite<Tables>({ service, dataDir }: StoreLocation): Store<Tables> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const handle = new SqliteDatabase(join(dataDir, `${service}.sqlite`))
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = NORMAL')
  handle.pragma('foreign_keys = ON')
  handle.pragma('busy_timeout = 5000')
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: handle }) })
  return { db, driver: { engine: 'sqlite', handle }, close: () => db.destroy() }
}

const POSTGRES_INT8 = types.builtins.INT8

async function openPostgres<Tables>({ service }: StoreLocation, databaseUrl: string): Promise<Store<Tables>> {
  const schema = service.replaceAll('-', '_')
  const handle = new Pool({
    connectionString: databaseUrl,
    max: 10,
    options: `-c search_path=${schema}`,
    types: {
      // Times are kept as bigint. They fit a number exactly, so they come back as one.
      getTypeParser: ((id: number, format: 'text') =>
        id === POSTGRES_INT8 ? Number : types.getTypeParser(id, format)) as typeof types.getTypeParser,
    },
  })
  // A connection that the server closed while idle must not end the process; the next query opens another.
  handle.on('error', () => {})
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: handle }) })
  try {
    await createSchema(handle, schema)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, driver: { engine: 'postgres', handle }, close: () => db.destroy() }
}

/** `IF NOT EXISTS` alone can still lose a race against another copy that starts at the same moment. */
async function createSchema(pool: Pool, schema: string): Promise<void> {
  const connection = await pool.connect()
  try {
    await connection.query('BEGIN')
    await connection.query('SELECT pg_advisory_xact_lock(hashtext($1))', [schema])
    await connection.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
    await connection.query('COMMIT')
  } finally {
    connection.release()
  }
}
