import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openStore } from '@glasshouse/shared/database'
import { createTestStore, runStatement, type TestStore } from '@glasshouse/shared/testing/test-store'
import type { Kysely, Migration } from 'kysely'
import { migrations } from '../../src/store/migrations'

let store: TestStore

beforeEach(async () => {
  store = await createTestStore()
})

afterEach(() => store.remove())

const SERVICES = ['auth-server', 'calendar-api', 'client-app']

/** A migration that takes long enough for two to meet, and fails when it is run twice. */
const ONE_TABLE: Record<string, Migration> = {
  '001-one-table': { up: (db: Kysely<unknown>) => db.schema.createTable('things').addColumn('id', 'text').execute() },
}

describe('two copies of each service that start at the same moment on one empty database', () => {
  test('run each migration once, 20 times out of 20', async () => {
    for (let round = 0; round < 20; round += 1) {
      const schemas = SERVICES.map(service => `${service}-${round}`)
      const open = (service: string) => openStore({ service, ...store }, ONE_TABLE)
      const opened = await Promise.all([...schemas, ...schemas].map(open))
      await Promise.all(opened.map(({ close }) => close()))
    }
    expect(await rows(`select 1 from pg_tables where tablename = 'things'`)).toHaveLength(60)
  }, 60_000)

  test('all get ready, as built, and share one signing key and two users', async () => {
    const copies = await Promise.all(SERVICES.flatMap(service => [startCopy(service), startCopy(service)]))
    expect(await Promise.all(copies.map(listening))).toEqual(copies.map(() => 'listening'))
    await Promise.all(copies.map(stop))
    expect(await rows('select 1 from auth_server.signing_keys')).toHaveLength(1)
    expect(await rows('select 1 from auth_server.users')).toHaveLength(2)
  }, 30_000)
})

test('a second start runs no migration', async () => {
  const before = await openStore({ service: 'auth-server', ...store }, migrations)
  await before.close()
  const record = 'select name, timestamp from auth_server.kysely_migration order by name'
  const first = await rows(record)
  const after = await openStore({ service: 'auth-server', ...store }, migrations)
  await after.close()
  expect(await rows(record)).toEqual(first)
  expect(first).toHaveLength(Object.keys(migrations).length)
})

test('a role that may not create schemas can use the one that it was given', async () => {
  await rows(`create role limited login password 'limited'`).catch(() => {}) // roles outlive a test's database
  await rows('create schema auth_server authorization limited')
  const url = new URL(store.databaseUrl ?? '')
  Object.assign(url, { username: 'limited', password: 'limited' })
  const opened = await openStore({ service: 'auth-server', ...store, databaseUrl: url.href }, migrations)
  await opened.close()
  expect(await rows(`select 1 from pg_tables where schemaname = 'public'`)).toEqual([])
})

test('settings in DATABASE_URL are kept beside our own', async () => {
  const url = new URL(store.databaseUrl ?? '')
  url.searchParams.set('options', '-c application_name=mine -c search_path=nowhere')
  const opened = await openStore<{ things: { id: string } }>(
    { service: 'calendar-api', ...store, databaseUrl: url.href },
    ONE_TABLE,
  )
  await opened.db.insertInto('things').values({ id: 'one' }).execute()
  const mine = await rows(`select 1 from pg_stat_activity where application_name = 'mine'`)
  await opened.close()
  expect(mine.length).toBeGreaterThan(0)
  expect(await rows('select id from calendar_api.things')).toEqual([{ id: 'one' }])
})

const rows = (statement: string) => runStatement(store.databaseUrl ?? '', statement)

async function startCopy(service: string): Promise<ChildProcess> {
  return spawn(process.execPath, [join(__dirname, `../../../${service}/dist/main.js`)], {
    env: {
      PATH: process.env.PATH,
      LISTEN_PORT: String(await freePort()),
      DATABASE_URL: store.databaseUrl,
      DATA_DIR: store.dataDir,
      SESSION_SECRET: 'session-secret-for-tests-only-0123456789',
      TRIPMATE_SESSION_SECRET: 'session-secret-for-tests-only-9876543210',
      TRIPMATE_CLIENT_SECRET: 'client-secret-for-tests-only-0123456789',
      TRIPMATE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64url'),
      CALENDAR_API_SECRET: 'api-secret-for-tests-only-0123456789abc',
      ENV_FILE: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** @returns `listening`, or what the process logged when it ended instead */
function listening(copy: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let log = ''
    copy.stdout?.on('data', chunk => {
      log += chunk
      if (log.includes('"msg":"listening"')) resolve('listening')
    })
    copy.once('exit', () => resolve(log))
  })
}

async function stop(copy: ChildProcess): Promise<void> {
  if (copy.exitCode !== null) return
  const gone = once(copy, 'exit')
  copy.kill('SIGTERM')
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
