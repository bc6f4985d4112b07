/** HEAD is a safe method (RFC 9110 §9.2.1): a link checker or a prefetch uses nothing up. */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  API_SECRET,
  authorizationUrl,
  authorize,
  basic,
  consentPageOf,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

function head(url: string | URL, browser = new TestBrowser(), headers: Record<string, string> = {}) {
  const id = browser.cookie(server.url, 'glasshouse-accounts.sid')
  return fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    headers: { Accept: 'text/html', ...(id && { Cookie: `glasshouse-accounts.sid=${id}` }), ...headers },
  })
}

/** Everything that an authorization request can change in the database. */
async function whatIsStored() {
  const { db } = server.context
  const count = async (table: 'authorization_requests' | 'authorization_codes' | 'token_families') =>
    (await db.selectFrom(table).selectAll().execute()).length
  return {
    requests: await count('authorization_requests'),
    codes: await count('authorization_codes'),
    families: await count('token_families'),
    consents: await db.selectFrom('consents').selectAll().execute(),
  }
}

describe('HEAD /authorize issues nothing', () => {
  test.each([
    ['nobody is signed in', async () => new TestBrowser()],
    [
      'consent is remembered',
      async () => {
        const browser = new TestBrowser()
        await authorize(server, {}, browser)
        return browser
      },
    ],
  ])('when %s', async (_when, open) => {
    const browser = await open()
    const before = await whatIsStored()
    const answer = await head(authorizationUrl(server), browser)
    expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([200, null, ''])
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await whatIsStored()).toEqual(before)
  })

  test('and gets the same error as GET for an invalid request (RFC 9110 §9.3.2)', async () => {
    expect((await head(authorizationUrl(server, { client_id: 'nobody' }))).status).toBe(400)
    const refused = await head(authorizationUrl(server, { scope: 'everything' }))
    expect(refused.status).toBe(302)
    expect(refused.headers.get('location')).toContain('error=invalid_scope')
  })
})

test('HEAD on the sign-in page completes no request of a user who is signed in', async () => {
  const browser = new TestBrowser()
  await authorize(server, {}, browser)
  // Two tabs wait for a sign-in, and the user has signed in in the first one.
  const other = new TestBrowser()
  const login = await other.follow(await other.get(authorizationUrl(server, { prompt: 'login' })), server.url)
  const second = await other.follow(await other.get(authorizationUrl(server)), server.url)
  await signIn(server, other, login)
  const before = await whatIsStored()
  const answer = await head(second.url, other)
  expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
  expect(await whatIsStored()).toEqual(before)
  expect((await other.get(second.url)).location.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
})

test('HEAD on the consent page changes nothing, and the page can still be answered', async () => {
  const browser = new TestBrowser()
  const consent = await consentPageOf(server, browser)
  const before = await whatIsStored()
  expect((await head(consent.url, browser)).status).toBe(200)
  expect(await whatIsStored()).toEqual(before)
  expect((await browser.submit(consent, { decision: 'allow' })).location.searchParams.has('code')).toBe(true)
})

test('HEAD on the account page leaves the confirmation of a withdrawal for the next GET', async () => {
  const browser = new TestBrowser()
  await authorize(server, {}, browser)
  await browser.submit(await browser.get(`${server.url}/account`), {}, 'client_id')
  expect((await head(`${server.url}/account`, browser)).status).toBe(200)
  expect((await browser.get(`${server.url}/account`)).body).toContain('role="status"')
})

test('HEAD on the developer page leaves its confirmation for the next GET', async () => {
  const browser = new TestBrowser()
  const developer = await signIn(server, browser, await browser.get(`${server.url}/login?next=developer`))
  const app = { client_name: 'Mine', redirect_uris: 'https://app.example/', token_endpoint_auth_method: 'none' }
  const { location } = await browser.submit(developer, app, 'client_name')
  expect((await head(location, browser)).status).toBe(200)
  expect((await browser.get(location)).body).toContain('it uses PKCE instead')
})

test('HEAD on the list of ended tokens adds no listener', async () => {
  const url = `${server.url}/ended-tokens?listener=a-link-checker`
  const answer = await head(url, new TestBrowser(), { Authorization: basic('calendar-api', API_SECRET) })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, DELETE'])
  expect(await server.context.db.selectFrom('listeners').selectAll().execute()).toEqual([])
})
