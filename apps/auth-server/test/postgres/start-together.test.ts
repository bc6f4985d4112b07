import { openStore } from '@glasshouse/shared/database'
import {
  type BuiltService,
  freePort,
  type ServiceName,
  startBuiltService,
} from '@glasshouse/shared/testing/built-service'
import { createTestStore, runStatement, type TestStore } from '@glasshouse/shared/testing/test-store'
import type { Kysely, Migration } from 'kysely'
import { migrations } from '../../src/store/migrations'

let store: TestStore

beforeEach(async () => {
  store = await createTestStore()
})

afterEach(() => store.remove())

const SERVICES: ServiceName[] = ['auth-server', 'calendar-api', 'client-app']

/** How often the built services are started. Each start takes seconds; `npm run test:long` sets a higher number. */
const ROUNDS = Array.from({ length: Number(process.env.GLASSHOUSE_START_ROUNDS ?? 1) }, (_, n) => n + 1)

/** A migration that takes long enough for two runs to overlap, and fails when it is run twice. */
const ONE_TABLE: Record<string, Migration> = {
  '001-one-table': { up: (db: Kysely<unknown>) => db.schema.createTable('things').addColumn('id', 'text').execute() },
}

describe('two copies of each service that start simultaneously on one empty database', () => {
  test('run each migration once, 20 times out of 20', async () => {
    for (let round = 0; round < 20; round += 1) {
      const schemas = SERVICES.map(service => `${service}-${round}`)
      const open = (service: string) => openStore({ service, ...store }, ONE_TABLE)
      const opened = await Promise.all([...schemas, ...schemas].map(open))
      await Promise.all(opened.map(({ close }) => close()))
    }
    expect(await rows(`select 1 from pg_tables where tablename = 'things'`)).toHaveLength(60)
  }, 60_000)

  test.each(ROUNDS)(
    'become ready when built, and share one signing key and two users (round %i)',
    async () => {
      const copies = await Promise.all([...SERVICES, ...SERVICES].map(startCopy))
      expect(await Promise.all(copies.map(copy => copy.stop()))).toEqual(copies.map(() => 0))
      expect(await rows('select 1 from auth_server.signing_keys')).toHaveLength(1)
      expect(await rows('select 1 from auth_server.users')).toHaveLength(2)
    },
    30_000,
  )
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

test('settings in DATABASE_URL are kept', async () => {
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

/** Starts a copy and waits until it listens. @throws Error with its log if it ends instead */
async function startCopy(service: ServiceName): Promise<BuiltService> {
  return startBuiltService(service, await freePort(), { DATABASE_URL: store.databaseUrl, DATA_DIR: store.dataDir })
}
