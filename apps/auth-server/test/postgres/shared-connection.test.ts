import { openStore, type Store } from '@glasshouse/shared/database'
import { storeUnavailable } from '@glasshouse/shared/store-unavailable'
import { createTestStore, runStatement, type TestStore } from '@glasshouse/shared/testing/test-store'
import { sql } from 'kysely'

/** All who only read use one connection, each without waiting for the one before. */
let place: TestStore
let store: Store<{ notes: { id: number } }>
/** Another program. */
let outside: Store<object>

beforeAll(async () => {
  place = await createTestStore()
  store = await openStore({ service: 'readers', ...place, databaseLimits: LIMITS }, {})
  await store.db.schema.createTable('notes').addColumn('id', 'integer').execute()
  outside = await openStore({ service: 'outside', ...place, databaseLimits: LIMITS }, {})
})
afterEach(() => jest.restoreAllMocks())
afterAll(async () => {
  await outside.close()
  await store.close()
  await place.remove()
})

const LIMITS = { poolSize: 5, poolWait: 2, statementTimeout: 3 }

/** @returns the process that serves the connection */
const read = async (db = store.db) => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid
}
const many = (count: number) => Promise.all(Array.from({ length: count }, () => read()))

test('reads at the same time share a connection, until too many wait for it', async () => {
  expect(new Set(await many(16)).size).toBe(1)
  expect(new Set(await many(40)).size).toBe(3)
})

test('a transaction has a connection to itself, for its reads too', async () => {
  await store.db.transaction().execute(async transaction => {
    const own = await read(transaction)
    expect(await read(transaction)).toBe(own)
    expect(await many(16)).not.toContain(own)
  })
})

test('what fails fails alone', async () => {
  const wrong = sql`select 1 / ${0}::integer`.execute(store.db)
  const [before, failed, after] = await Promise.allSettled([read(), wrong, read()])
  expect([before.status, failed.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(storeUnavailable((failed as PromiseRejectedResult).reason)).toBeUndefined()
})

test('nobody waits behind a statement that has not been answered for a while', async () => {
  let slow: Promise<unknown> | undefined
  await whileLocked(`select pg_advisory_xact_lock(1)`, async () => {
    slow = sql`select pg_advisory_xact_lock(${1})`.execute(store.db)
    await someoneWaits()
    const now = performance.now()
    jest.spyOn(performance, 'now').mockReturnValue(now + 1_000)
    expect(await read()).toBeDefined()
  })
  await slow
})

test('when the connection is lost, all who wait for it are told so, and the next ones get another', async () => {
  await whileLocked(`select pg_advisory_xact_lock(2)`, async () => {
    const all = Promise.allSettled([sql`select pg_advisory_xact_lock(${2})`.execute(store.db), read(), read()])
    await someoneWaits()
    await toThoseWhoWait('pg_terminate_backend')
    expect((await all).map(whyUnavailable)).not.toContain(undefined)
  })
  expect(await read()).toBeDefined()
})

test('after the statement that should have prepared it has failed, a statement is unavailable once, and then works', async () => {
  const count = () => sql<{ n: number }>`select count(*)::integer as n from notes where id > ${0}`.execute(store.db)
  // The server waits for the table before it has prepared the statement.
  await whileLocked('lock table readers.notes', async () => {
    const both = Promise.allSettled([count(), count()])
    await someoneWaits()
    await toThoseWhoWait('pg_cancel_backend')
    expect((await both).map(whyUnavailable)).not.toContain(undefined)
  })
  expect((await count()).rows).toEqual([{ n: 0 }])
})

const whileLocked = (lock: string, act: () => Promise<void>) =>
  outside.db.transaction().execute(async transaction => {
    await sql.raw(lock).execute(transaction)
    await act()
  })

const WAITING = `datname = current_database() and pid <> pg_backend_pid() and wait_event_type = 'Lock'`

async function someoneWaits(): Promise<void> {
  const count = sql<{ n: number }>`select count(*)::int as n from pg_stat_activity where ${sql.raw(WAITING)}`
  while ((await count.execute(outside.db)).rows[0]?.n === 0);
}

const toThoseWhoWait = (signal: string) =>
  runStatement(place.databaseUrl ?? '', `select ${signal}(pid) from pg_stat_activity where ${WAITING}`)

const whyUnavailable = (result: PromiseSettledResult<unknown>) =>
  result.status === 'rejected' ? storeUnavailable(result.reason) : undefined
