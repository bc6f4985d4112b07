import { NAVIGATION, nameOf, type SentAs, sendAs } from '@glasshouse/shared/testing/send-as'
import { authorizationUrl, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

const send = (sent: SentAs) => sendAs(server, sent)

/** Sends a request to the server by another name of this machine; it is configured as `127.0.0.1`. */
const byOtherName = (sent: Partial<SentAs>) => send({ host: nameOf(server, 'localhost'), ...sent })

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

describe('a Host that is not the server’s gets 421, with no session or CORS header (DNS rebinding)', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/login'],
    ['GET', '/authorize?client_id=tripmate'],
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/jwks'],
    ['GET', '/healthz'],
    ['GET', '/assets/glasshouse.css'],
    ['GET', '/nowhere'],
    ['POST', '/token'],
    ['POST', '/register'],
    ['POST', '/login'],
    ['OPTIONS', '/token'],
  ])('%s %s', async (method, target) => {
    const { status, headers } = await send({ host: 'evil.example:4001', method, target })
    expect(status).toBe(421)
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(headers['set-cookie']).toBeUndefined()
  })

  test('the host of another configured service is accepted, and so is a name in ALLOWED_HOSTS', async () => {
    const own = await startAuthServer({ CLIENT_APP_URL: 'https://trips.example', ALLOWED_HOSTS: 'blue.internal' })
    try {
      for (const host of ['trips.example', 'blue.internal:4001']) {
        expect((await sendAs(own, { host, target: '/healthz' })).status).toBe(200)
      }
    } finally {
      await own.stop()
    }
  })
})

describe('opened by another name of this machine', () => {
  test.each(['/', '/login', '/login?next=developer', '/account', '/developer', '/consent?request=x', '/nowhere'])(
    '%s redirects to the same path at the issuer before a session starts',
    async target => {
      const { status, headers } = await byOtherName({ target, headers: NAVIGATION })
      expect([status, headers.location]).toEqual([302, server.url + target])
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['cache-control']).toBe('no-store')
    },
  )

  test('an authorization request keeps its query (RFC 6749 §4.1.1)', async () => {
    const { pathname, search, href } = authorizationUrl(server, { state: 'a+b %2F/ü' })
    const { status, headers } = await byOtherName({ target: pathname + search, headers: NAVIGATION })
    expect([status, headers.location]).toEqual([302, href])
  })

  test('an authorization request sent as a form is forwarded unchanged (RFC 6749 §3.1)', async () => {
    const answer = await byOtherName({
      method: 'POST',
      target: '/authorize',
      headers: FORM,
      body: 'client_id=tripmate',
    })
    expect([answer.status, answer.headers.location]).toEqual([307, `${server.url}/authorize`])
  })

  test('a form from one of the server’s pages gets a page that says what happened', async () => {
    const headers = { ...NAVIGATION, ...FORM }
    const { status, body } = await byOtherName({ method: 'POST', target: '/login', headers, body: 'username=alice' })
    expect(status).toBe(403)
    expect(body).toContain('This form was sent to another address')
    expect(body).toContain(`href="${server.url}/login"`)
  })

  test.each([
    ['GET', '/.well-known/oauth-authorization-server', 200],
    ['GET', '/jwks', 200],
    ['GET', '/healthz', 200],
    ['POST', '/token', 400],
    ['POST', '/revoke', 400],
    ['POST', '/introspect', 400],
    ['POST', '/register', 400],
    ['GET', '/assets/glasshouse.css', 200],
  ])('%s %s is not redirected', async (method, target, status) => {
    expect((await byOtherName({ method, target, headers: NAVIGATION })).status).toBe(status)
  })
})
