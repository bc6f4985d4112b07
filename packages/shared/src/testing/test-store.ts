/** A separate store for each test file: an empty SQLite folder, or an empty database in the suite's PostgreSQL. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { Client } from 'pg'
import { createTestFolder } from './test-folder'

export interface TestStore {
  dataDir: string
  databaseUrl: string | undefined
  /** Removes the store. Call this after everything that uses it is closed. */
  remove(): Promise<void>
}

/** @returns where to store data, on the engine named by `GLASSHOUSE_TEST_ENGINE` (default: `sqlite`) */
export async function createTestStore(): Promise<TestStore> {
  const dataDir = createTestFolder('glasshouse-')
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true })
  if (process.env.GLASSHOUSE_TEST_ENGINE !== 'postgres') {
    return { dataDir, databaseUrl: undefined, remove: async () => removeFolder() }
  }
  const server = process.env.GLASSHOUSE_TEST_POSTGRES_URL
  if (!server) throw new Error('GLASSHOUSE_TEST_POSTGRES_URL is not set: Jest’s global set-up starts the server')
  const name = `test_${randomBytes(8).toString('hex')}`
  await runStatement(server, `CREATE DATABASE ${name} STRATEGY FILE_COPY`)
  const databaseUrl = new URL(server)
  databaseUrl.pathname = `/${name}`
  return {
    dataDir,
    databaseUrl: databaseUrl.href,
    async remove() {
      removeFolder()
      await runStatement(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
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
