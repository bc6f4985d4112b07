import { openStore, type Store } from '@glasshouse/shared/database'
import { storeUnavailable } from '@glasshouse/shared/store-unavailable'
import { createTestStore, runStatement, type TestStore } from '@glasshouse/shared/testing/test-store'
import { sql } from 'kysely'

/** PostgreSQL prepares the statements of a connection once, under names. */
let place: TestStore
let store: Store<{ notes: { id: number; text: string } }>

beforeAll(async () => {
  place = await createTestStore()
  store = await openStore({ service: 'kept', ...place, databaseLimits: LIMITS }, {})
  await run('create table kept.notes (id integer, text text)')
})

afterAll(async () => {
  await store.close()
  await place.remove()
})

/** One connection, so that each statement meets what the one before it prepared. */
const LIMITS = { poolSize: 1, poolWait: 2, statementTimeout: 3 }

const run = (statement: string) => runStatement(place.databaseUrl ?? '', statement)
const read = () => store.db.selectFrom('notes').selectAll().where('id', '>', 0).execute()
const prepared = async () =>
  (await sql<{ name: string }>`select name from pg_prepared_statements`.execute(store.db)).rows.map(row => row.name)

test('a connection prepares a statement once, and a new connection prepares it again', async () => {
  await read()
  const first = await prepared()
  await read()
  expect(await prepared()).toEqual(first)
  await run(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
  )
  await read().catch(() => {})
  expect(await read()).toEqual([])
  expect((await prepared()).length).toBeGreaterThan(0)
})

test('after another copy has migrated a table, a statement fails once as unavailable, and then works', async () => {
  await read()
  await run(`alter table kept.notes add column colour text default 'blue'`)
  await run(`insert into kept.notes values (1, 'one')`)
  const failure = await read().catch(error => error)
  expect(storeUnavailable(failure)).toBeDefined()
  expect(await read()).toEqual([{ id: 1, text: 'one', colour: 'blue' }])
})

test('a transaction and a statement without a name leave no prepared statement behind', async () => {
  const before = await prepared()
  await store.db
    .transaction()
    .execute(async transaction => void (await sql`set local work_mem = '4MB'`.execute(transaction)))
  expect(await prepared()).toEqual(before)
})

test('a search for a text is planned each time, because how rare the text is decides how to look for it', async () => {
  const search = (text: string) =>
    store.db.selectFrom('notes').select('id').where('text', 'like', `%${text}%`).where('id', '>', 0).execute()
  const before = await prepared()
  await search('rare')
  await search('common')
  expect(await prepared()).toEqual(before)
})
