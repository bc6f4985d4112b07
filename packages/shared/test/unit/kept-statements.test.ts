import { rmSync } from 'node:fs'
import type { Migration } from 'kysely'
import { sql } from 'kysely'
import { openStore } from '../../src/database'
import { createTestFolder } from '../../src/testing/test-folder'

interface Tables {
  notes: { id: number; text: string }
}

const notes: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema
  up: (db: any) => db.schema.createTable('notes').addColumn('id', 'integer').addColumn('text', 'text').execute(),
}

const dataDir = createTestFolder('kept-statements-')
afterAll(() => rmSync(dataDir, { recursive: true }))

async function open() {
  const store = await openStore<Tables>({ service: 'kept', dataDir, databaseUrl: undefined }, { '001-notes': notes })
  if (store.driver.engine !== 'sqlite') throw new Error('not SQLite')
  return { ...store, prepare: jest.spyOn(store.driver.handle, 'prepare') }
}

test('SQLite prepares a statement once, whatever its values', async () => {
  const { db, prepare, close } = await open()
  for (const id of [1, 2, 3])
    await db
      .insertInto('notes')
      .values({ id, text: `${id}` })
      .execute()
  for (const id of [1, 2, 3]) {
    expect(await db.selectFrom('notes').selectAll().where('id', '=', id).execute()).toEqual([{ id, text: `${id}` }])
  }
  expect(prepare).toHaveBeenCalledTimes(2)
  await close()
})

test('a kept statement returns the columns of the table as it is now', async () => {
  const { db, close } = await open()
  const read = () => db.selectFrom('notes').selectAll().where('id', '=', 1).executeTakeFirst()
  expect(await read()).toEqual({ id: 1, text: '1' })
  await sql`alter table notes add column colour text default 'blue'`.execute(db)
  expect(await read()).toEqual({ id: 1, text: '1', colour: 'blue' })
  await sql`alter table notes drop column colour`.execute(db)
  expect(await read()).toEqual({ id: 1, text: '1' })
  await sql`alter table notes rename column text to words`.execute(db)
  expect(await read()).toEqual({ id: 1, words: '1' })
  await sql`alter table notes rename column words to text`.execute(db)
  const streamed: object[] = []
  for await (const row of db.selectFrom('notes').selectAll().orderBy('id').stream()) streamed.push(row)
  expect(streamed).toEqual([1, 2, 3].map(id => ({ id, text: `${id}` })))
  await close()
})

test('the statements that are kept are limited: those used last stay, and long ones are not kept', async () => {
  const { db, prepare, close } = await open()
  const read = (count: number) =>
    db
      .selectFrom('notes')
      .selectAll()
      .where('id', 'in', [...Array(count).keys()])
      .execute()
  for (let count = 1; count <= 300; count++) {
    await read(1)
    await read(count)
  }
  prepare.mockClear()
  await read(1)
  await read(300)
  expect(prepare).toHaveBeenCalledTimes(0)
  await read(301)
  await read(2)
  expect(prepare).toHaveBeenCalledTimes(2)
  prepare.mockClear()
  await read(2_000)
  await read(2_000)
  expect(prepare).toHaveBeenCalledTimes(2)
  await close()
})
