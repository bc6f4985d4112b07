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
import { inOneCommit, type Sharing, sharingCommit } from '../../src/one-commit'

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
const addAlone = (owner: string) => sharingCommit(db, db => insert(db, owner), { name: 'hats', row: owner })
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
    await sharingCommit(transaction, db => insert(db, 'alice'), { name: 'hats', row: 'alice' })
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
  /** A statement with this owner is answered when the test says so. */
  let held: Promise<void>

  class NotingDriver extends DummyDriver {
    override async acquireConnection(): Promise<DatabaseConnection> {
      return {
        executeQuery: async ({ sql, parameters: [owner] }) => {
          statements.push(sql.startsWith('insert') ? String(owner) : sql)
          if (owner === 'held') await held
          if (owner === 'mallory') throw new Error('refused')
          return { rows: [] }
        },
        async *streamQuery() {},
      }
    }
    override async beginTransaction(): Promise<void> {
      statements.push('begin')
    }
    override async commitTransaction(): Promise<void> {
      statements.push('commit')
    }
    override async rollbackTransaction(): Promise<void> {
      statements.push('rollback')
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
  const addUnder = (name: string | undefined, owner: string) =>
    inOneCommit(postgres, db => insert(db, owner), name === undefined ? undefined : { name })
  /** Two statements each. */
  const addTwice = (owner: string, sharing: Sharing) =>
    inOneCommit(
      postgres,
      async db => {
        await insert(db, owner)
        await insert(db, `${owner} again`)
      },
      sharing,
    )
  const addOne = (owner: string) => sharingCommit(postgres, db => insert(db, owner), { name: 'hats', row: owner })

  test('each write has a transaction of its own, unless it shares under the same name as another', async () => {
    await Promise.all(['alice', 'bob', 'carol'].map(owner => addUnder(undefined, owner)))
    expect(transactions()).toBe(3)
    await Promise.all(['alice', 'bob', 'carol'].map(owner => addUnder(`hat of ${owner}`, owner)))
    expect(transactions()).toBe(6)
    await Promise.all(['alice', 'bob', 'carol'].map(owner => addUnder('hats', owner)))
    expect(transactions()).toBe(7)
  })

  test('without a row, they run one after the other', async () => {
    await Promise.all(['bob', 'alice'].map(owner => addTwice(owner, { name: 'hats' })))
    expect(statements).toEqual(['begin', 'bob', 'bob again', 'alice', 'alice again', 'commit'])
  })

  test('with a row each, they run at the same time, and begin in the order of the rows', async () => {
    await Promise.all(['bob', 'carol', 'alice'].map(owner => addTwice(owner, { name: 'hats', row: owner })))
    const again = ['alice again', 'bob again', 'carol again']
    expect(statements).toEqual(['begin', 'alice', 'bob', 'carol', ...again, 'commit'])
  })

  test('each gets its own result, in whatever order they ran', async () => {
    const add = (owner: string) =>
      inOneCommit(postgres, async db => (await insert(db, owner)) && owner, { name: 'hats', row: owner })
    expect(await Promise.all(['bob', 'carol', 'alice'].map(add))).toEqual(['bob', 'carol', 'alice'])
  })

  test('single statements that arrive together share a transaction; one alone has none', async () => {
    await addOne('alice')
    expect(statements).toEqual(['alice'])
    await Promise.all(['carol', 'bob'].map(addOne))
    expect(statements).toEqual(['alice', 'begin', 'bob', 'carol', 'commit'])
  })

  test.each([
    ['without a row', (_owner: string) => ({ name: 'hats' })],
    ['with a row', (owner: string) => ({ name: 'hats', row: owner })],
  ])('one that fails fails alone, %s', async (_, sharing) => {
    const results = await Promise.allSettled(
      ['alice', 'mallory', 'carol'].map(owner => addTwice(owner, sharing(owner))),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('after a failure nothing is undone while others still run: their next statement would be in no transaction', async () => {
    let release = () => {}
    held = new Promise(resolve => {
      release = resolve
    })
    const all = Promise.allSettled([
      addTwice('held', { name: 'hats', row: 'held' }),
      addTwice('mallory', { name: 'hats', row: 'mallory' }),
    ])
    while (!statements.includes('mallory')) await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setImmediate(resolve))
    release()
    await all
    expect(statements.slice(0, 5)).toEqual(['begin', 'held', 'mallory', 'held again', 'rollback'])
  })

  test('a row that somebody holds does not keep those who want other rows waiting for long', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    try {
      let release = () => {}
      held = new Promise(resolve => {
        release = resolve
      })
      const first = addOne('held')
      while (!statements.includes('held')) await new Promise(resolve => setImmediate(resolve))
      const second = addOne('alice')
      await jest.advanceTimersByTimeAsync(60)
      await second
      release()
      await first
    } finally {
      jest.useRealTimers()
    }
  })

  test('at most 100 share a transaction', async () => {
    await Promise.all(Array.from({ length: 250 }, (_, n) => addUnder('hats', String(n))))
    expect(transactions()).toBe(3)
  })
})
