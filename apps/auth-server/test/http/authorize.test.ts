import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  addClient,
  authorizationUrl,
  authorize,
  CODE_CHALLENGE,
  REDIRECT_URI,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  const scope = ['calendar.read' as const]
  await addClient(server, { id: 'public', scope, redirectUris: ['https://app.example/cb?kept=1'] })
})
afterAll(() => server.stop())

describe('steps 1 to 3', () => {
  test('the scenario’s request leads through sign-in and consent to a code, with state and iss', async () => {
    const location = await authorize(server)
    expect(location.origin + location.pathname).toBe(REDIRECT_URI)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'a state to come back',
      iss: server.url,
    })
  })

  test('a request sent by POST is treated the same (RFC 6749 §3.1)', async () => {
    const browser = new TestBrowser()
    const url = authorizationUrl(server)
    const page = await browser.post(new URL('/authorize', server.url), Object.fromEntries(url.searchParams))
    expect(page.status).toBe(303)
    expect(page.location.pathname).toBe('/login')
  })

  test('a POST from a form on another site is redirected to a GET, so that the user stays signed in', async () => {
    const form = authorizationUrl(server, { resource: 'http://localhost:4002', claims: '{\n}' }).searchParams
    const body = `${form}&resource=http%3A%2F%2Flocalhost%3A4002%2Fcalendar`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'cross-site' }
    const posted = request(new URL('/authorize', server.url), { method: 'POST', headers, agent: false }).end(body)
    const [response] = (await once(posted, 'response')) as [IncomingMessage]
    expect([response.statusCode, response.headers['set-cookie']]).toEqual([303, undefined])
    const { pathname, searchParams } = new URL(response.headers.location ?? '', server.url)
    expect([pathname, [...searchParams]]).toEqual(['/authorize', [...new URLSearchParams(body)]])
  })

  test('the query of a registered redirect URI is retained (RFC 6749 §3.1.2)', async () => {
    const location = await authorize(server, {
      client_id: 'public',
      redirect_uri: undefined,
      scope: undefined,
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
    })
    expect(location.href).toMatch(/^https:\/\/app\.example\/cb\?kept=1&code=/)
  })

  test('a denial is sent to the client as access_denied, with state and iss', async () => {
    const location = await authorize(server, { prompt: 'consent' }, new TestBrowser(), { decision: 'deny' })
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'a state to come back',
      iss: server.url,
    })
    expect(location.searchParams.has('code')).toBe(false)
  })

  test('no answer is cached, and none is a 307, which would forward the password (RFC 9700 §4.12)', async () => {
    const browser = new TestBrowser()
    const login = await browser.follow(await browser.get(authorizationUrl(server, { prompt: 'consent' })), server.url)
    const posted = await browser.submit(login, { username: 'alice', password: 'wonderland' })
    expect(posted.status).toBe(303)
    const consent = await browser.follow(posted, server.url)
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect(answer.status).toBe(303)
    expect(answer.location.searchParams.has('code')).toBe(true)
    for (const page of [login, consent, answer]) expect(page.headers.get('cache-control')).toBe('no-store')
  })

  test('an unknown parameter is ignored, and an empty parameter counts as omitted (RFC 6749 §3.1)', async () => {
    const page = await new TestBrowser().get(authorizationUrl(server, { zebra: 'x', scope: '', code_challenge: '' }))
    expect(page.location.pathname).toBe('/login')
  })

  test.each(['"><script>alert(1)</script>', 'ünïcode & + % = #', 'x&code=stolen&iss=https://evil.example'])(
    'the state %j is returned exactly as it was sent (RFC 6749 §4.1.2)',
    async state => {
      const { searchParams } = await authorize(server, { state })
      expect([...searchParams.keys()]).toEqual(['code', 'state', 'iss'])
      expect([searchParams.get('state'), searchParams.get('iss')]).toEqual([state, server.url])
    },
  )
})

describe('a user who has allowed this before', () => {
  const browser = new TestBrowser()
  beforeAll(async () => {
    await authorize(server, {}, browser)
  })
  const ask = (changes: Record<string, string>) => browser.get(authorizationUrl(server, changes))

  test('is redirected without a question', async () => {
    expect((await ask({})).location.searchParams.get('code')).toBeTruthy()
  })
  test('is redirected without a question if less is requested than was allowed', async () => {
    expect((await ask({ scope: 'calendar.read' })).location.searchParams.get('code')).toBeTruthy()
  })
  test('is redirected without a question with prompt=none', async () => {
    expect((await ask({ prompt: 'none' })).location.searchParams.get('code')).toBeTruthy()
  })
  test('is asked again with prompt=consent', async () => {
    expect((await ask({ prompt: 'consent' })).location.pathname).toBe('/consent')
  })
  test('must sign in again with prompt=login, but only once', async () => {
    const login = await browser.follow(await ask({ prompt: 'login' }), server.url)
    expect(login.url).toContain('/login')
    const answer = await signIn(server, browser, login)
    expect(answer.location.searchParams.get('code')).toBeTruthy()
  })
  test('cannot avoid prompt=login by opening the consent page directly', async () => {
    const login = await ask({ prompt: 'login consent' })
    const consent = await browser.get(login.location.href.replace('/login', '/consent'))
    expect(consent.location.pathname).toBe('/login')
  })
  test('with prompt=none, a user who has not allowed this yet gets consent_required and no page', async () => {
    const bob = new TestBrowser()
    await signIn(server, bob, await bob.get(`${server.url}/login`), 'bob', 'builder')
    const page = await bob.get(authorizationUrl(server, { prompt: 'none' }))
    expect(page.location.searchParams.get('error')).toBe('consent_required')
  })
})

describe('an unexpected error of the server (RFC 6749 §4.1.2.1)', () => {
  test('is sent to the client as server_error, with state and iss; only the log contains the cause', async () => {
    const broken = await startAuthServer()
    try {
      const logged = jest.spyOn(broken.context.log, 'error').mockImplementation()
      await broken.context.db.schema.dropTable('authorization_requests').execute()
      const { searchParams } = (await new TestBrowser().get(authorizationUrl(broken))).location
      expect(Object.fromEntries(searchParams)).toEqual({
        error: 'server_error',
        error_description: expect.stringMatching(
          /^something went wrong on the server; its log has the details under [\w-]{36}$/,
        ),
        state: 'a state to come back',
        iss: broken.url,
      })
      expect(logged).toHaveBeenCalledWith(
        expect.objectContaining({ path: '/authorize', error: expect.anything() }),
        'unexpected error',
      )
      logged.mockRestore()
    } finally {
      await broken.stop()
    }
  })
})
