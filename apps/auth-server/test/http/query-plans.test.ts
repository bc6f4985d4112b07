/** No statement reads a whole table that grows with the users, apps and tokens: each finds its rows by an index. */
import { brief, type Statement, statementsOf } from '@glasshouse/shared/testing/statements'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { CompiledQuery, sql } from 'kysely'
import { removeClient } from '../../src/tokens/withdrawal'
import { runUpkeep } from '../../src/upkeep'
import {
  API_SECRET,
  addClient,
  authorizeForCode,
  basic,
  consentPageOf,
  postForm,
  redeem,
  refresh,
  SECRET,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const onPostgres = process.env.GLASSHOUSE_TEST_ENGINE === 'postgres'

/** Tables that stay small: one row, a few keys, or one row for each running copy of an API. */
const SMALL = ['registry_version', 'ended_token_counter', 'signing_keys', 'listeners']

let server: TestAuthServer
let statements: Statement[]

beforeAll(async () => {
  server = await startAuthServer()
  await addClient(server, { id: 'goes-away' })
  statements = await statementsOf(everything)
}, 30_000)
afterAll(() => server.stop())

/** Each kind of request, and upkeep with something to delete. */
async function everything(): Promise<void> {
  const post = (path: string, token: string) =>
    postForm(server, path, { token, client_id: 'tripmate', client_secret: SECRET })
  const code = await authorizeForCode(server)
  const { access_token, refresh_token } = (await redeem(server, code)).json
  const next = (await refresh(server, refresh_token)).json
  for (const token of [access_token, next.refresh_token, 'unknown']) await post('/introspect', token)
  for (const token of [access_token, next.refresh_token, 'unknown']) await post('/revoke', token)
  await redeem(server, code)
  await redeem(server, 'unknown')
  for (const after of ['', '&after=0']) {
    const address = `${server.url}/ended-tokens?listener=a-test-listener${after}`
    await fetch(address, { headers: { Authorization: basic('calendar-api', API_SECRET) } })
  }
  const api = `${server.url}/ended-tokens?listener=a-test-listener`
  await fetch(api, { method: 'DELETE', headers: { Authorization: basic('calendar-api', API_SECRET) } })
  const browser = new TestBrowser()
  await browser.submit(await consentPageOf(server, browser), { decision: 'allow', scope: 'calendar.read' })
  await browser.get(`${server.url}/developer`)
  const account = await browser.get(`${server.url}/account`)
  await browser.submit(account, { client_id: 'tripmate' })
  await removeClient(server.context, 'goes-away')
  const { refresh_token: last } = (await redeem(server, await authorizeForCode(server))).json
  server.advance(3600)
  await refresh(server, last)
  await runUpkeep(server.context)
  server.advance(40 * 86_400)
  await runUpkeep(server.context)
  await signIn(server, browser, await browser.get(`${server.url}/login`))
}

test('no statement reads a whole table that grows', async () => {
  const different = new Map(statements.filter(isQuery).map(statement => [statement.sql, statement]))
  // Each kind of request has added its own.
  expect(different.size).toBeGreaterThan(40)
  const whole: string[] = []
  for (const statement of different.values()) {
    for (const table of await wholeTables(statement))
      if (!SMALL.includes(table)) whole.push(`${brief(statement)}: ${table}`)
  }
  expect(whole).toEqual([])
})

test('a statement without an index is recognised', async () => {
  const { sql: text, parameters } = server.context.db
    .selectFrom('token_families')
    .select('id')
    .where('scope', '=', 'x')
    .compile()
  expect(await wholeTables({ sql: text, values: [...parameters] })).toEqual(['token_families'])
})

const isQuery = ({ sql: text }: Statement) => /^\s*(select|insert|update|delete)/i.test(text)

/** The tables of which the engine would read every row, or every entry of an index. */
async function wholeTables(statement: Statement): Promise<string[]> {
  return onPostgres ? wholeOnPostgres(statement) : wholeOnSqlite(statement)
}

async function wholeOnSqlite({ sql: text, values }: Statement): Promise<string[]> {
  const query = CompiledQuery.raw(`explain query plan ${text}`, values)
  const { rows } = await server.context.db.executeQuery<{ detail: string }>(query)
  return rows.flatMap(({ detail }) => /^SCAN (\w+)/.exec(detail)?.slice(1) ?? [])
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Cond'?: string
  Plans?: PlanNode[]
}

/** With few rows, PostgreSQL reads a whole table although there is an index. So it is told that this is expensive. */
const AS_IF_LARGE = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']

async function wholeOnPostgres({ sql: text, values }: Statement): Promise<string[]> {
  return server.context.db.connection().execute(async db => {
    for (const setting of AS_IF_LARGE) await sql`set ${sql.ref(setting)} = off`.execute(db)
    const query = CompiledQuery.raw(`explain (format json) ${text}`, values)
    const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(query)
    for (const setting of AS_IF_LARGE) await sql`reset ${sql.ref(setting)}`.execute(db)
    return rows.flatMap(row => wholeIn(row['QUERY PLAN'][0].Plan))
  })
}

function wholeIn({
  'Node Type': type,
  'Relation Name': table,
  'Index Cond': condition,
  Plans = [],
}: PlanNode): string[] {
  const isWhole = type === 'Seq Scan' || (/^Index (Only )?Scan$/.test(type) && condition === undefined)
  return [...(isWhole && table ? [table] : []), ...Plans.flatMap(wholeIn)]
}
