/**
 * How many statements each kind of request runs: what a request costs on PostgreSQL, where each is a round trip.
 * `docs/performance.md` gives the reason for each. A look is one number, from `registry_version` or `ended_token_counter`.
 */
import { brief, statementsOf } from '@glasshouse/shared/testing/statements'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  API_SECRET,
  addClient,
  authorizationUrl,
  authorize,
  basic,
  postForm,
  redeem,
  refresh,
  SECRET,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const onPostgres = process.env.GLASSHOUSE_TEST_ENGINE === 'postgres'
const LOOK = 'select registry_version'
/** On SQLite, one look serves a whole turn of the event loop. */
const looks = (count: number) => Array.from({ length: onPostgres ? count : 1 }, () => LOOK)
/** The wrong secrets so far, which copies on PostgreSQL count together. */
const COUNTS = onPostgres ? ['select rate_limits'] : []

let server: TestAuthServer
/** Signed in as alice, who has allowed Tripmate. */
const browser = new TestBrowser()

beforeAll(async () => {
  server = await startAuthServer()
  await addClient(server, { id: 'machine', secret: 'one', grantTypes: ['client_credentials'] })
  await authorize(server, {}, browser)
  await token()
  await redeem(server, await code())
})
afterAll(() => server.stop())

const token = () =>
  postForm(server, '/token', { grant_type: 'client_credentials', client_id: 'machine', client_secret: 'one' })
const code = async () => (await browser.get(authorizationUrl(server))).location.searchParams.get('code') ?? ''
/** The looks first. */
const ranBy = async (act: () => Promise<unknown>) =>
  (await statementsOf(act)).map(brief).toSorted((a, b) => Number(b === LOOK) - Number(a === LOOK))

test('a token for the client itself writes nothing', async () => {
  expect(await ranBy(token)).toEqual([...looks(3), ...COUNTS])
})

test('an authorization request that is decided at once', async () => {
  expect(await ranBy(code)).toEqual([
    ...looks(2),
    'select sessions',
    'select users',
    'select consents',
    'BEGIN',
    'update consents',
    'insert token_families',
    'insert authorization_codes',
    'COMMIT',
  ])
})

test('an authorization request that leads to a page is stored, with the session of a new browser', async () => {
  expect(await ranBy(() => new TestBrowser().get(authorizationUrl(server)))).toEqual([
    ...looks(2),
    'insert authorization_requests',
    'insert sessions',
  ])
})

test('the redemption of a code', async () => {
  const fresh = await code()
  expect(await ranBy(() => redeem(server, fresh))).toEqual([
    LOOK,
    LOOK, // the last look was before a change of its own
    ...COUNTS,
    'update authorization_codes',
    'insert refresh_tokens',
  ])
})

test('a refresh', async () => {
  const { refresh_token } = (await redeem(server, await code())).json
  expect(await ranBy(() => refresh(server, refresh_token))).toEqual([
    ...looks(2),
    ...COUNTS,
    'select refresh_tokens',
    'BEGIN',
    'update refresh_tokens',
    'insert refresh_tokens',
    'COMMIT',
  ])
})

test('an introspection', async () => {
  const { access_token } = (await token()).json
  const ask = () =>
    postForm(server, '/introspect', { token: access_token }, { Authorization: basic('calendar-api', API_SECRET) })
  await ask()
  expect(await ranBy(ask)).toEqual([...looks(2), ...COUNTS, 'select ended_tokens'])
})

test('a revocation', async () => {
  const { access_token } = (await redeem(server, await code())).json
  const revoke = () =>
    postForm(server, '/revoke', { token: access_token, client_id: 'tripmate', client_secret: SECRET })
  expect(await ranBy(revoke)).toEqual([
    ...looks(2),
    ...COUNTS,
    'select ended_tokens',
    'BEGIN',
    'update ended_token_counter',
    'insert ended_tokens',
    'COMMIT',
    'select listeners',
  ])
})

test('revocations that wait together share the question whether every listener knows', async () => {
  const { endedTokens } = server.context
  const ran = await ranBy(() => Promise.all(Array.from({ length: 20 }, () => endedTokens.announced(0))))
  expect(ran).toEqual(['select listeners'])
})
