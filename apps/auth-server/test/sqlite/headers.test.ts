import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, consentPageOf, signIn, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
/** A user who is signed in. */
let alice: TestBrowser
/** The page of an app that she registered. */
let appUrl: string

beforeAll(async () => {
  server = await startAuthServer()
  alice = new TestBrowser()
  const developer = await signIn(server, alice, await alice.get(`${server.url}/login?next=developer`))
  const app = { client_name: 'An app', redirect_uris: 'https://app.example/' }
  appUrl = (await alice.submit(developer, app, 'client_name')).location.href
})
afterAll(() => server.stop())

const visit = (path: string) => alice.get(server.url + path)
const visitAsNobody = (path: string) => new TestBrowser().get(server.url + path)

describe('no frame, no Referer, no cache (RFC 9700 §4.16, §4.2.4; RFC 6819 §4.6.6), for', () => {
  test.each([
    ['the start page', () => visit('/')],
    ['the sign-in page', () => visitAsNobody('/login')],
    ['the consent page', () => consentPageOf(server, alice)],
    ['the account page', () => visit('/account')],
    ['the developer page', () => visit('/developer')],
    ['the page of an app', () => alice.get(appUrl)],
    ['the page to make a new secret', () => alice.get(`${appUrl}/secret/new`)],
    ['the page to delete an app', () => alice.get(`${appUrl}/delete`)],
    ['the redirect to the sign-in page', () => visitAsNobody('/account')],
    ['an authorization request of an unknown client', () => visit('/authorize?client_id=nobody')],
    ['the consent page of an unknown request', () => visit('/consent?request=none')],
    ['a form without its anti-forgery field', () => alice.post(`${server.url}/account/withdraw`, {})],
    ['a page that does not exist', () => visit('/nowhere')],
  ])('%s', async (_what, open) => {
    const { headers } = await open()
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  })
})

test('the session cookie has its own name, because all ports of a host share their cookies (RFC 6265 §8.5)', () => {
  expect(alice.cookieNames(server.url)).toEqual(['glasshouse-accounts.sid'])
})

describe('a page from another origin (CORS)', () => {
  const ORIGIN = { Origin: 'https://app.example' }
  const PREFLIGHT = { ...ORIGIN, 'Access-Control-Request-Method': 'GET' }
  const ask = (path: string, method: string, headers: Record<string, string>) =>
    fetch(server.url + path, { method, headers, redirect: 'manual' })

  test.each([
    '/',
    '/authorize',
    '/login',
    '/consent',
    '/account',
    '/developer',
    '/introspect',
    '/ended-tokens',
    '/healthz',
  ])('cannot read %s', async path => {
    for (const answer of [await ask(path, 'GET', ORIGIN), await ask(path, 'OPTIONS', PREFLIGHT)]) {
      expect([...answer.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test.each(['/token', '/revoke', '/register', '/jwks', '/.well-known/oauth-authorization-server'])(
    'can read %s, but never with credentials',
    async path => {
      for (const answer of [await ask(path, 'GET', ORIGIN), await ask(path, 'OPTIONS', PREFLIGHT)]) {
        expect(answer.headers.get('access-control-allow-origin')).toBe('*')
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      }
    },
  )

  test('cannot read where an authorization request leads', async () => {
    const answer = await fetch(authorizationUrl(server), { headers: ORIGIN, redirect: 'manual' })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
