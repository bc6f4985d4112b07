/** A separate store for each test file: an empty SQLite folder, or a database of its own in the suite's PostgreSQL. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Migration } from 'kysely'
import { Client } from 'pg'
import { openStore } from '../database'
import { createTestFolder } from './test-folder'

export interface TestStore {
  dataDir: string
  databaseUrl: string | undefined
  /** Removes the store. Call this after everything that uses it is closed. */
  remove(): Promise<void>
}

/** Whose tables a new PostgreSQL database has from the beginning. */
export interface Migrated {
  service: string
  migrations: Record<string, Migration>
}

/**
 * @param migrated without it, a PostgreSQL database is empty. A SQLite folder always is: its migrations take 10 ms
 * @returns where to store data, on the engine named by `GLASSHOUSE_TEST_ENGINE` (default: `sqlite`)
 */
export async function createTestStore(migrated?: Migrated): Promise<TestStore> {
  const dataDir = createTestFolder('glasshouse-')
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true })
  if (process.env.GLASSHOUSE_TEST_ENGINE !== 'postgres') {
    return { dataDir, databaseUrl: undefined, remove: async () => removeFolder() }
  }
  const server = process.env.GLASSHOUSE_TEST_POSTGRES_URL
  if (!server) throw new Error('GLASSHOUSE_TEST_POSTGRES_URL is not set: Jest’s global set-up starts the server')
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = migrated ? await templateOf(migrated, server) : 'template1'
  await runStatement(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`)
  return {
    dataDir,
    databaseUrl: databaseOf(server, name),
    async remove() {
      removeFolder()
      await runStatement(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

/** Templates that are there, so that a test file asks once. */
const templates = new Set<string>()

/**
 * The service's migrated database, of which the tests get copies: to copy it takes a third of the time of its migrations.
 * The first of Jest's workers that needs it makes it. @returns its name
 */
async function templateOf({ service, migrations }: Migrated, server: string): Promise<string> {
  const name = `template_${service.replaceAll('-', '_')}`
  if (templates.has(name)) return name
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    // Ends with the connection.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) {
      const unfinished = `${name}_unfinished`
      await client.query(`DROP DATABASE IF EXISTS ${unfinished}`)
      await client.query(`CREATE DATABASE ${unfinished}`)
      const databaseUrl = databaseOf(server, unfinished)
      const store = await openStore({ service, dataDir: '', databaseUrl }, migrations)
      await store.close()
      await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`)
    }
  } finally {
    await client.end()
  }
  templates.add(name)
  return name
}

/** The address of another database on the same server. */
function databaseOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Runs one statement on a PostgreSQL database. @returns its rows */
export async function runStatement(databaseUrl: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
