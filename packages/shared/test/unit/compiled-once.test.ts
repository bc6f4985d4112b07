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
import { compiledOnce } from '../../src/compiled-once'

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
