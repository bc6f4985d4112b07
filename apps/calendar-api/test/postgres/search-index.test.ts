/** The search has an index wherever the role may add the extension `pg_trgm`, and works without it elsewhere. */
import { randomBytes } from 'node:crypto'
import { openStore } from '@glasshouse/shared/database'
import { createTestStore, runStatement, type TestStore } from '@glasshouse/shared/testing/test-store'
import { sql } from 'kysely'
import { readEvent } from '../../src/calendar/event-input'
import { readListQuery } from '../../src/calendar/list-query'
import { list } from '../../src/store/event-list'
import * as events from '../../src/store/events'
import { migrations } from '../../src/store/migrations'
import type { Schema } from '../../src/store/schema'
import { draft } from '../support'

const role = `role_${randomBytes(4).toString('hex')}`
let store: TestStore
beforeEach(async () => {
  store = await createTestStore()
  await runStatement(databaseUrl(), `create role ${role} login password 'secret'`)
})
afterEach(async () => {
  const server = process.env.GLASSHOUSE_TEST_POSTGRES_URL as string
  await store.remove()
  await runStatement(server, `drop role ${role}`)
})

const databaseUrl = () => store.databaseUrl as string

/** Starts as the role, searches, and says whether the index exists. */
async function hasIndex(): Promise<boolean> {
  const url = new URL(databaseUrl())
  Object.assign(url, { username: role, password: 'secret' })
  const place = { service: 'calendar-api', dataDir: store.dataDir, databaseUrl: url.href }
  const { db, close } = await openStore<Schema>(place, migrations)
  try {
    await events.add(db, 'usr_1', 'abcdef', readEvent(draft()), 1)
    const { items } = await list(db, 'usr_1', readListQuery(new URLSearchParams({ q: 'fast' }), 'usr_1'))
    expect(items).toHaveLength(1)
    const { rows } = await sql`select from pg_indexes where indexname = 'events_by_text'`.execute(db)
    return rows.length === 1
  } finally {
    await close()
  }
}

test('the owner of the database adds the extension', async () => {
  await runStatement(databaseUrl(), `alter database ${new URL(databaseUrl()).pathname.slice(1)} owner to ${role}`)
  expect(await hasIndex()).toBe(true)
})

test('a role that may only use its own schema goes without', async () => {
  await runStatement(databaseUrl(), `create schema calendar_api authorization ${role}`)
  expect(await hasIndex()).toBe(false)
})

test('an administrator added it before', async () => {
  await runStatement(databaseUrl(), `create schema calendar_api authorization ${role}`)
  await runStatement(databaseUrl(), 'create extension pg_trgm')
  expect(await hasIndex()).toBe(true)
})

test('an administrator added it in a schema that the role may not use', async () => {
  await runStatement(databaseUrl(), `create schema calendar_api authorization ${role}`)
  await runStatement(databaseUrl(), 'create schema elsewhere')
  await runStatement(databaseUrl(), 'create extension pg_trgm schema elsewhere')
  expect(await hasIndex()).toBe(false)
})
