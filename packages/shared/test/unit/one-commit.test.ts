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

test('no write is answered before the commit, and all fail if that fails, without another attempt', async () => {
  handle.exec('drop table hats; pragma foreign_keys = on; create table people (name text primary key)')
  handle.exec('create table hats (owner text references people (name) deferrable initially deferred)')
  asked = []
  const results = await Promise.allSettled([add('alice'), add('bob')])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(owners()).toEqual([])
  // On PostgreSQL they may be stored all the same, so none of them runs again.
  expect(timesAsked('begin')).toBe(1)
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

describe('on PostgreSQL', () => {
  let statements: string[]
  let postgres: Kysely<Tables>
  class NotingDriver extends DummyDriver {
    override async acquireConnection(): Promise<DatabaseConnection> {
      return {
        executeQuery: async ({ sql, parameters: [owner] }) => {
          statements.push(sql)
          if (owner === 'mallory') throw new Error('refused')
          return { rows: [] }
        },
        async *streamQuery() {},
      }
    }
    override async beginTransaction(): Promise<void> {
      statements.push('begin')
    }
  }

  beforeEach(() => {
    statements = []
    postgres = new Kysely<Tables>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new NotingDriver(),
        createIntrospector: db => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    })
  })

  const transactions = () => statements.filter(text => text === 'begin').length
  const addTo = (row: string | undefined, owner: string) => inOneCommit(postgres, db => insert(db, owner), row)

  test('a single statement has no transaction', async () => {
    await Promise.all(['alice', 'bob'].map(owner => sharingCommit(postgres, db => insert(db, owner))))
    expect([transactions(), statements.length]).toEqual([0, 2])
  })

  test('each write has a transaction of its own, unless it takes the same row as another', async () => {
    await Promise.all(['alice', 'bob', 'carol'].map(owner => addTo(undefined, owner)))
    expect(transactions()).toBe(3)
    await Promise.all(['alice', 'bob', 'carol'].map(owner => addTo(`row of ${owner}`, owner)))
    expect(transactions()).toBe(6)
    await Promise.all(['alice', 'bob', 'carol'].map(owner => addTo('one row', owner)))
    expect(transactions()).toBe(7)
  })

  test('one that fails fails alone', async () => {
    const results = await Promise.allSettled(['alice', 'mallory', 'carol'].map(owner => addTo('one row', owner)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('at most 100 share a transaction', async () => {
    await Promise.all(Array.from({ length: 250 }, (_, n) => addTo('one row', String(n))))
    expect(transactions()).toBe(3)
  })
})
