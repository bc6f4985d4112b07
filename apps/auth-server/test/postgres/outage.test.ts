/**
 * The database goes away while the services are running, and comes back. This test runs the three built services on a
 * PostgreSQL server that it stops, kills, freezes and fills.
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  type BuiltService,
  freePort,
  type ServiceName,
  startBuiltService,
  TEST_SECRETS,
} from '@glasshouse/shared/testing/built-service'
import { holdTable } from '@glasshouse/shared/testing/held-table'
import { type PostgresServer, startPostgresServer } from '@glasshouse/shared/testing/postgres-server'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { runStatement } from '@glasshouse/shared/testing/test-store'
import { API_SECRET, authorizationUrl, authorizeForCode, basic, postForm, redeem, refresh, tokens } from '../support'

/** In seconds. Short limits keep the test short. */
const LIMITS = { DATABASE_POOL_SIZE: '4', DATABASE_POOL_WAIT: '1', DATABASE_STATEMENT_TIMEOUT: '1' }
/** A request waits at most for a connection, for a statement, and one more second for an unresponsive server. */
const ANSWER_WITHIN_MS = 4_500
const BACK_WITHIN_MS = 10_000
/** How long each outage lasts in addition, under load: `npm run test:long` sets half a minute. */
const LASTS_MS = Number(process.env.GLASSHOUSE_OUTAGE_SECONDS ?? 0) * 1000
const AS_TRIPMATE = { Authorization: basic('tripmate', TEST_SECRETS.TRIPMATE_CLIENT_SECRET) }
const AS_API = { Authorization: basic('calendar-api', API_SECRET) }

let server: PostgresServer
/** The ports of the authorization server, the calendar API and Tripmate. */
let ports: [number, number, number]
let services: Record<ServiceName, BuiltService>
/** A browser that is signed in at Accounts and has a session at Tripmate. */
const browser = new TestBrowser()

beforeAll(async () => {
  // What a killed server has acknowledged must survive, so it may acknowledge only what it has written to disk.
  server = await startPostgresServer({ synchronous_commit: 'on' })
  await asOperator(`create role glasshouse login password 'glasshouse'`)
  await asOperator('create database glasshouse owner glasshouse')
  services = await startServices(urlOf('glasshouse', 'glasshouse'))
  await browser.get(`${services['client-app'].url}/connect`)
  const login = await browser.follow(await browser.get(authorizationUrl(accounts())), accounts().url)
  await browser.submit(login, { username: 'alice', password: 'wonderland' })
}, 40_000)

afterAll(async () => {
  server.resume()
  await Promise.all(Object.values(services).map(service => service.stop()))
  await server.remove()
})

/** Each outage of the database, and how it ends. */
const OUTAGES: Record<
  string,
  { goAway: () => Promise<unknown> | unknown; comeBack: () => Promise<unknown> | unknown }
> = {
  'is shut down': { goAway: () => server.stop('fast'), comeBack: () => server.start() },
  'is killed': { goAway: () => server.stop('kill'), comeBack: () => server.start() },
  'stands still': { goAway: () => server.pause(), comeBack: () => server.resume() },
  'has no connections left': {
    async goAway() {
      await asOperator('alter role glasshouse connection limit 0')
      await endConnections()
    },
    comeBack: () => asOperator('alter role glasshouse connection limit -1'),
  },
}

describe.each(Object.entries(OUTAGES))('while the database %s under load', (_name, { goAway, comeBack }) => {
  let acknowledged: { code: string; refreshToken: string; location: string; accessToken: string }
  let answers: Answer[]
  let loaded: Answer[]

  beforeAll(async () => {
    acknowledged = await somethingToKeep()
    const load = underLoad(acknowledged.accessToken)
    await goAway()
    await until(async () => (await Promise.all(healths())).every(({ status }) => status === 503))
    answers = await Promise.all(everyRequest(acknowledged.accessToken))
    await pause(LASTS_MS)
    loaded = await load.stop()
    await comeBack()
    await until(async () => (await Promise.all(healths())).every(({ status }) => status === 200))
  }, 40_000 + LASTS_MS)

  test('every request is answered with 503 and Retry-After, within its time limit', () => {
    expect(answers.map(({ name, status, retryAfter }) => ({ name, status, retryAfter }))).toEqual(
      answers.map(({ name }) => ({ name, status: 503, retryAfter: expect.stringMatching(/^\d+$/) })),
    )
    expect(answers.filter(({ ms }) => ms > ANSWER_WITHIN_MS)).toEqual([])
  })

  test('each endpoint answers in its own form: OAuth error, problem or page', () => {
    for (const { shape, type, body } of answers) expect({ type, body }).toEqual(SHAPES[shape])
  })

  test('the load in the meantime never met an unexpected error', () => {
    expect(loaded.length).toBeGreaterThan(0)
    expect(loaded.filter(({ status }) => status >= 500 && status !== 503)).toEqual([])
  })

  test('afterwards everything that was acknowledged is still there, and no process has ended', async () => {
    const { code, refreshToken, location, accessToken } = acknowledged
    expect((await redeem(accounts(), code)).status).toBe(200)
    expect((await refresh(accounts(), refreshToken)).status).toBe(200)
    const event = await fetch(location, { headers: { Authorization: `Bearer ${accessToken}` } })
    expect([event.status, await event.json()]).toEqual([200, expect.objectContaining({ summary: 'Acknowledged' })])
    expect((await browser.get(`${accounts().url}/account`)).body).toContain('Tripmate')
    expect(Object.values(services).filter(service => !service.isRunning())).toEqual([])
  })
})

test('while connections are cut again and again, requests succeed or get 503, and no process ends', async () => {
  const { accessToken } = await somethingToKeep()
  const load = underLoad(accessToken)
  for (let round = 0; round < 10; round += 1) {
    await endConnections()
    await pause(25)
  }
  const answers = await load.stop()
  expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([])
  expect(Object.values(services).filter(service => !service.isRunning())).toEqual([])
})

test('a statement that exceeds DATABASE_STATEMENT_TIMEOUT is cancelled with 503, and its connection is free again', async () => {
  const { refreshToken } = await somethingToKeep()
  const release = await holdTable(urlOf('postgres', 'glasshouse'), 'auth_server.refresh_tokens')
  // More requests than connections: the others wait up to DATABASE_POOL_WAIT.
  const held = await Promise.all(Array.from({ length: 8 }, () => refresh(accounts(), refreshToken)))
  await release()
  expect(held.map(({ status, json }) => [status, json.error])).toEqual(held.map(() => [503, 'temporarily_unavailable']))
  expect((await refresh(accounts(), refreshToken)).status).toBe(200)
})

test('a copy that freezes in a transaction locks its rows for no longer than a statement may take', async () => {
  const { refreshToken } = await somethingToKeep()
  const copy = await startBuiltService('auth-server', await freePort(), envOf(urlOf('glasshouse', 'glasshouse')))
  // The copy has ended the token family, and waits for the last table of its transaction.
  const release = await holdTable(urlOf('postgres', 'glasshouse'), 'auth_server.ended_tokens')
  const frozen = revoke(copy, refreshToken)
  await until(async () => (await asOperator(WAITS_TO_INSERT)).length > 0)
  copy.pause()
  await release()
  await until(async () => (await revoke(accounts(), refreshToken)).status === 200)
  copy.resume()
  expect((await frozen).status).toBe(503)
  expect(await copy.stop()).toBe(0)
})

test('a service can be stopped while the database is frozen', async () => {
  const copy = await startBuiltService('client-app', await freePort(), envOf(urlOf('glasshouse', 'glasshouse')))
  const cookie = `tripmate.sid=${browser.cookie(accounts().url, 'tripmate.sid')}`
  await fetchText(`${copy.url}/trips`, { headers: { cookie } })
  server.pause()
  const code = await copy.stop()
  server.resume()
  expect(code).toBe(0)
})

test('an outage is logged as such, and never as an unexpected error', () => {
  const lines = Object.values(services).flatMap(service => service.log())
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([])
  expect(lines.filter(({ why }) => String(why).includes('the database is unavailable')).length).toBeGreaterThan(0)
})

interface Answer {
  name: string
  shape: keyof typeof SHAPES
  status: number
  retryAfter: string | null
  type: string | null
  body: unknown
  ms: number
}

const SHAPES = {
  oauth: {
    type: 'application/json; charset=utf-8',
    body: expect.objectContaining({ error: 'temporarily_unavailable', error_description: expect.any(String) }),
  },
  problem: {
    type: expect.stringMatching(/^application\/problem\+json/),
    body: expect.objectContaining({ status: 503, title: expect.any(String), detail: expect.any(String) }),
  },
  page: { type: 'text/html; charset=utf-8', body: expect.stringContaining('Wait a few seconds') },
  health: { type: 'application/json; charset=utf-8', body: { status: 'unavailable' } },
} as const

/** Sends one request to each endpoint and page that needs the database. */
function everyRequest(accessToken: string): Promise<Answer>[] {
  const [api, tripmate] = [services['calendar-api'].url, services['client-app'].url]
  const bearer = { Authorization: `Bearer ${accessToken}` }
  const form = (fields: Record<string, string>, headers = {}) => ({
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
  })
  const page = (url: string) => ask('page', url, () => browser.get(url))
  const machine = (shape: Answer['shape'], url: string, init: RequestInit = {}) =>
    ask(shape, `${init.method ?? 'GET'} ${url}`, () => fetchText(url, init))
  const event = { summary: 'Not now', start: { date: '2030-01-01' }, end: { date: '2030-01-02' } }
  const at = (path: string) => `${accounts().url}${path}`
  return [
    machine('oauth', at('/token'), form({ grant_type: 'client_credentials' }, AS_TRIPMATE)),
    machine('oauth', at('/revoke'), form({ token: accessToken }, AS_TRIPMATE)),
    machine('oauth', at('/introspect'), form({ token: accessToken }, AS_API)),
    machine('oauth', at('/register'), { method: 'POST', body: REGISTRATION, headers: JSON_BODY }),
    machine('oauth', at('/register/some-client'), { headers: { Authorization: 'Bearer some-token' } }),
    machine('oauth', at('/jwks')),
    machine('oauth', at('/ended-tokens?listener=a-listener-of-this-test'), { headers: AS_API }),
    page(authorizationUrl(accounts()).href),
    page(at('/login')),
    page(at('/account')),
    machine('problem', `${api}/calendar/events`, { headers: bearer }),
    machine('problem', `${api}/calendar/events`, {
      method: 'POST',
      headers: { ...bearer, ...JSON_BODY },
      body: JSON.stringify(event),
    }),
    page(`${tripmate}/`),
    page(`${tripmate}/trips`),
    // Without a cookie: the page has a form, so it needs a new session, which cannot be stored.
    machine('page', at('/login')),
    machine('page', `${tripmate}/`),
    ...healths(),
  ]
}

const JSON_BODY = { 'Content-Type': 'application/json' }
const REGISTRATION = JSON.stringify({ client_name: 'Not now', redirect_uris: ['https://app.example/callback'] })

function healths(): Promise<Answer>[] {
  return Object.values(services).map(({ url }) => ask('health', `${url}/healthz`, () => fetchText(`${url}/healthz`)))
}

async function ask(
  shape: Answer['shape'],
  name: string,
  send: () => Promise<{ status: number; headers: Headers; body: string }>,
): Promise<Answer> {
  const began = performance.now()
  const { status, headers, body } = await send()
  const type = headers.get('Content-Type')
  const isJson = /json/.test(type ?? '')
  return {
    name,
    shape,
    status,
    retryAfter: headers.get('Retry-After'),
    type,
    body: isJson ? JSON.parse(body) : body,
    ms: performance.now() - began,
  }
}

async function fetchText(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, body: await response.text() }
}

/** A code, tokens and an event that the services have acknowledged. */
async function somethingToKeep() {
  const { access_token: accessToken, refresh_token: refreshToken } = await tokens(accounts())
  const response = await fetch(`${services['calendar-api'].url}/calendar/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${accessToken}`, ...JSON_BODY },
    body: JSON.stringify({ summary: 'Acknowledged', start: { date: '2030-01-01' }, end: { date: '2030-01-02' } }),
  })
  return {
    accessToken,
    refreshToken,
    code: await authorizeForCode(accounts()),
    location: new URL(response.headers.get('Location') ?? '', services['calendar-api'].url).href,
  }
}

/** Sends requests without a pause until it is stopped. */
function underLoad(accessToken: string): { stop(): Promise<Answer[]> } {
  const answers: Answer[] = []
  let stopped = false
  const api = `${services['calendar-api'].url}/calendar/events`
  const senders = [
    () => ask('oauth', 'token', () => fetchText(`${accounts().url}/token`, clientCredentials())),
    () => ask('problem', 'events', () => fetchText(api, { headers: { Authorization: `Bearer ${accessToken}` } })),
    () => ask('page', 'account', () => browser.get(`${accounts().url}/account`)),
    () => ask('page', 'trips', () => browser.get(`${services['client-app'].url}/trips`)),
  ]
  const loops = [...senders, ...senders].map(async send => {
    while (!stopped) answers.push(await send())
  })
  return {
    async stop() {
      stopped = true
      await Promise.all(loops)
      return answers
    },
  }
}

function clientCredentials(): RequestInit {
  return { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: AS_TRIPMATE }
}

async function startServices(databaseUrl: string): Promise<Record<ServiceName, BuiltService>> {
  ports = [await freePort(), await freePort(), await freePort()]
  const env = envOf(databaseUrl)
  const [authServer, calendarApi, clientApp] = await Promise.all([
    startBuiltService('auth-server', ports[0], env),
    startBuiltService('calendar-api', ports[1], env),
    startBuiltService('client-app', ports[2], env),
  ])
  return { 'auth-server': authServer, 'calendar-api': calendarApi, 'client-app': clientApp }
}

function envOf(databaseUrl: string) {
  return {
    ...LIMITS,
    DATABASE_URL: databaseUrl,
    AUTH_SERVER_URL: `http://127.0.0.1:${ports[0]}`,
    CALENDAR_API_URL: `http://127.0.0.1:${ports[1]}`,
  }
}

function accounts(): { url: string } {
  return services['auth-server']
}

function urlOf(user: string, database: string): string {
  const url = new URL(server.url)
  return Object.assign(url, { username: user, password: user, pathname: `/${database}` }).href
}

const WAITS_TO_INSERT = `
  select 1 from pg_stat_activity
  where usename = 'glasshouse' and wait_event_type = 'Lock' and query like 'insert into "ended_tokens"%'`

const revoke = (service: { url: string }, token: string) => postForm(service, '/revoke', { token }, AS_TRIPMATE)

const asOperator = (statement: string) => runStatement(server.url, statement)

function endConnections() {
  return asOperator(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'glasshouse'`)
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + BACK_WITHIN_MS
  while (!(await condition())) if (performance.now() > end) throw new Error(`not within ${BACK_WITHIN_MS} ms`)
}
