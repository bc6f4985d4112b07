import SqliteDatabase from 'better-sqlite3'
import {
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteDialect,
} from 'kysely'
import { inOneCommit, sharingCommit } from '../../src/one-commit'

interface Tables {
  hats: { owner: string }
}

let asked: string[]
let handle: SqliteDatabase.Database
let db: Kysely<Tables>

beforeEach(() => {
  asked = []
  handle = new SqliteDatabase(':memory:', { verbose: text => asked.push(String(text)) })
  handle.exec('create table hats (owner text not null unique)')
  db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: handle }) })
  asked = []
})
afterEach(() => db.destroy())

const insert = (db: Kysely<Tables>, owner: string) => db.insertInto('hats').values({ owner }).execute()
const add = (owner: string) =>
  inOneCommit(db, async transaction => {
    await insert(transaction, owner)
    return owner
  })
const addAlone = (owner: string) => sharingCommit(db, db => insert(db, owner))
const owners = () => handle.prepare('select owner from hats order by owner').pluck().all()
const timesAsked = (text: string) => asked.filter(sql => sql === text).length

test('writes that arrive together are stored by one commit, and each gets its own result', async () => {
  expect(await Promise.all([add('alice'), add('bob'), add('carol')])).toEqual(['alice', 'bob', 'carol'])
  expect(owners()).toEqual(['alice', 'bob', 'carol'])
  expect([timesAsked('begin'), timesAsked('commit')]).toEqual([1, 1])
})

test('a single statement shares the commit of others', async () => {
  await Promise.all([addAlone('alice'), addAlone('bob'), add('carol')])
  expect(owners()).toEqual(['alice', 'bob', 'carol'])
  expect(timesAsked('commit')).toBe(1)
})

test('a single statement that no other write joins needs no transaction', async () => {
  await addAlone('alice')
  expect(owners()).toEqual(['alice'])
  expect(timesAsked('begin')).toBe(0)
})

test('a single statement in a transaction belongs to that transaction', async () => {
  const failed = db.transaction().execute(async (transaction: Kysely<Tables>) => {
    await sharingCommit(transaction, db => insert(db, 'alice'))
    throw new Error('undone')
  })
  await expect(failed).rejects.toThrow('undone')
  expect(owners()).toEqual([])
})

test('one that fails fails alone, and leaves nothing behind', async () => {
  const addTwo = () =>
    inOneCommit(db, async transaction => {
      await insert(transaction, 'mallory')
      await insert(transaction, 'alice')
    })
  const [alice, two, bob] = await Promise.allSettled([add('alice'), addTwo(), add('bob')])
  expect([alice.status, bob.status]).toEqual(['fulfilled', 'fulfilled'])
  expect(two).toMatchObject({ status: 'rejected', reason: { message: 'UNIQUE constraint failed: hats.owner' } })
  expect(owners()).toEqual(['alice', 'bob'])
})

test('no write is answered before the commit, and all fail if that fails', async () => {
  handle.exec('drop table hats; pragma foreign_keys = on; create table people (name text primary key)')
  handle.exec('create table hats (owner text references people (name) deferrable initially deferred)')
  const results = await Promise.allSettled([add('alice'), add('bob')])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(owners()).toEqual([])
})

test('a write that arrives while others are being stored is stored after them', async () => {
  let late: Promise<string> | undefined
  await inOneCommit(db, async transaction => {
    late = add('bob')
    await insert(transaction, 'alice')
  })
  expect(await late).toBe('bob')
  expect(owners()).toEqual(['alice', 'bob'])
})

test('on PostgreSQL each write has a transaction of its own, and a single statement has none', async () => {
  const statements: string[] = []
  class NotingDriver extends DummyDriver {
    override async acquireConnection(): Promise<DatabaseConnection> {
      return {
        executeQuery: async ({ sql }) => {
          statements.push(sql)
          return { rows: [] }
        },
        async *streamQuery() {},
      }
    }
    override async beginTransaction(): Promise<void> {
      statements.push('begin')
    }
  }
  const postgres = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new NotingDriver(),
      createIntrospector: db => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  await Promise.all(['alice', 'bob'].map(owner => sharingCommit(postgres, db => insert(db, owner))))
  expect(statements).not.toContain('begin')
  await Promise.all(['alice', 'bob'].map(owner => inOneCommit(postgres, db => insert(db, owner))))
  expect(statements.filter(text => text === 'begin')).toHaveLength(2)
})
