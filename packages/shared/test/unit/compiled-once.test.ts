import SqliteDatabase from 'better-sqlite3'
import {
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteDialect,
  sql,
} from 'kysely'
import { compiledForEachForm, compiledOnce } from '../../src/compiled-once'

interface Tables {
  hats: { owner: string; price: number; spare: number }
}

const sqlite = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new SqliteDatabase(':memory:') }) })

/** What PostgreSQL would be asked. */
const asked: { sql: string; parameters: readonly unknown[] }[] = []
class NotingDriver extends DummyDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return {
      executeQuery: async ({ sql, parameters }) => {
        asked.push({ sql, parameters })
        return { rows: [] }
      },
      async *streamQuery() {},
    }
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

const insert = compiledOnce((db: Kysely<Tables>, hat: { owner: string; price: number }) =>
  db.insertInto('hats').values({ owner: hat.owner, price: hat.price, spare: hat.price }),
)
const build = jest.fn((db: Kysely<Tables>, hat: { owner: string; above: number }) =>
  db
    .selectFrom('hats')
    .select(['owner', 'price'])
    .where('owner', '=', hat.owner)
    .where('price', '>', hat.above)
    .where('spare', '>', hat.above),
)
const select = compiledOnce(build)

beforeAll(async () => {
  await sqlite.schema
    .createTable('hats')
    .addColumn('owner', 'text')
    .addColumn('price', 'integer')
    .addColumn('spare', 'integer')
    .execute()
})
afterAll(() => sqlite.destroy())

test('each call runs with its own values, also in a transaction, and the query is built once', async () => {
  await insert(sqlite, { owner: 'hatter', price: 10 })
  await sqlite.transaction().execute(transaction => insert(transaction, { owner: 'alice', price: 20 }))
  expect(await select(sqlite, { owner: 'hatter', above: 5 })).toEqual([{ owner: 'hatter', price: 10 }])
  expect(await select(sqlite, { owner: 'alice', above: 5 })).toEqual([{ owner: 'alice', price: 20 }])
  expect(await select(sqlite, { owner: 'alice', above: 20 })).toEqual([])
  expect(build).toHaveBeenCalledTimes(1)
})

test('the other engine gets the query in its own form', async () => {
  await select(postgres, { owner: 'alice', above: 5 })
  await select(postgres, { owner: "o'hare", above: 6 })
  const sql = 'select "owner", "price" from "hats" where "owner" = $1 and "price" > $2 and "spare" > $3'
  expect(asked).toEqual([
    { sql, parameters: ['alice', 5, 5] },
    { sql, parameters: ["o'hare", 6, 6] },
  ])
  await expect(select(sqlite, { owner: 'hatter', above: 9 })).resolves.toHaveLength(1)
})

test('a query with several forms is built once for each, and only so many are remembered', async () => {
  const buildForm = jest.fn(
    (
      db: Kysely<Tables>,
      hat: { owner: string; above?: number },
      { by, limit }: { by: 'price' | 'owner'; limit: number },
    ) => {
      const mine = db
        .selectFrom('hats')
        .select('price')
        .where('owner', '=', hat.owner)
        .orderBy(by)
        .limit(sql.lit(limit))
      return hat.above === undefined ? mine : mine.where('price', '>', hat.above)
    },
  )
  const list = compiledForEachForm(buildForm)
  await insert(sqlite, { owner: 'duchess', price: 30 })
  await insert(sqlite, { owner: 'duchess', price: 40 })
  for (let call = 0; call < 2; call++) {
    expect(await list(sqlite, { owner: 'duchess' }, { by: 'price', limit: 1 })).toEqual([{ price: 30 }])
    expect(await list(sqlite, { owner: 'duchess' }, { by: 'owner', limit: 5 })).toHaveLength(2)
    expect(await list(sqlite, { owner: 'duchess', above: 30 }, { by: 'owner', limit: 6 })).toEqual([{ price: 40 }])
    expect(buildForm).toHaveBeenCalledTimes(3)
  }
  for (let limit = 10; limit < 210; limit++) await list(sqlite, { owner: 'duchess' }, { by: 'price', limit })
  await list(sqlite, { owner: 'duchess' }, { by: 'price', limit: 1 })
  expect(buildForm).toHaveBeenCalledTimes(3 + 200 + 1)
})
