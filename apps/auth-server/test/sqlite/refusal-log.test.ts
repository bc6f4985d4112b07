import { request as httpRequest } from 'node:http'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  API_SECRET,
  authorizationUrl,
  authorizeForCode,
  CODE_VERIFIER,
  postForm,
  redeem,
  refresh,
  SECRET,
  signIn,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
let lines: Record<string, unknown>[]
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** Every line logged at these levels while `act` runs. */
async function logged(
  act: () => Promise<unknown>,
  levels: Level[] = ['warn', 'error', 'fatal'],
): Promise<Record<string, unknown>[]> {
  lines = []
  const spies = levels.map(level =>
    jest.spyOn(server.context.log, level).mockImplementation((fields: unknown) => {
      lines.push(fields as Record<string, unknown>)
    }),
  )
  await act()
  for (const spy of spies) spy.mockRestore()
  return lines
}

const get = (path: string, init?: RequestInit) => fetch(server.url + path, { redirect: 'manual', ...init })
const json = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
})
const visit = (changes: Record<string, string | undefined>) => new TestBrowser().get(authorizationUrl(server, changes))

/** Each request contains this value, which must never be logged. */
const HUSH = 'hush-hush-never-to-be-logged'

describe('a refused request leaves one structured log line that names the failed check, for', () => {
  test.each<[string, () => Promise<unknown>, { path: string; refused: string | RegExp; why: RegExp }]>([
    [
      'a wrong client secret',
      () => redeem(server, HUSH, { client_secret: HUSH }),
      { path: '/token', refused: 'invalid_client', why: /client secret is wrong/ },
    ],
    [
      'an unknown code',
      () => redeem(server, HUSH),
      { path: '/token', refused: 'invalid_grant', why: /code is unknown/ },
    ],
    [
      'an unknown refresh token',
      () => refresh(server, HUSH),
      { path: '/token', refused: 'invalid_grant', why: /refresh_token is unknown/ },
    ],
    [
      'a wrong grant type',
      () => redeem(server, HUSH, { grant_type: 'password', password: HUSH }),
      { path: '/token', refused: 'unsupported_grant_type', why: /grant_type/ },
    ],
    [
      'a body that is not a form',
      () => get('/token', json({ code: HUSH })),
      { path: '/token', refused: 'invalid_request', why: /in the body/ },
    ],
    [
      'a wrong method, with a secret in the query',
      () => get(`/token?client_secret=${HUSH}`),
      { path: '/token', refused: 'invalid_request', why: /accepts only POST/ },
    ],
    [
      'an address with a password in it (RFC 9112 §3.2.2)',
      () => postTo(`http://alice:${HUSH}@localhost/token?x=${HUSH}`),
      { path: '/token', refused: 'invalid_request', why: /in the body/ },
    ],
    [
      'an endless address',
      () => postTo(`/token/${'a'.repeat(9_000)}`),
      { path: `/token/${'a'.repeat(193)}`, refused: /./, why: /./ },
    ],
    [
      'a revocation without a token',
      () => postForm(server, '/revoke', { client_id: 'tripmate', client_secret: SECRET }),
      { path: '/revoke', refused: 'invalid_request', why: /token is missing/ },
    ],
    [
      'an introspection without credentials',
      () => postForm(server, '/introspect', { token: HUSH }),
      { path: '/introspect', refused: 'invalid_client', why: /missing/ },
    ],
    [
      'a registration with a bad member',
      () => get('/register', json({ redirect_uris: [`ftp://${HUSH}/`] })),
      { path: '/register', refused: 'invalid_redirect_uri', why: /redirect_uris\[0\] has a scheme/ },
    ],
    [
      'reading a registration without its token',
      () => get('/register/tripmate', { headers: { Authorization: `Bearer ${HUSH}` } }),
      { path: '/register/tripmate', refused: 'invalid_token', why: /no registration/ },
    ],
    [
      'a listener that is not a resource server',
      () => get('/ended-tokens', { headers: { Authorization: `Basic ${btoa(`x:${HUSH}`)}` } }),
      { path: '/ended-tokens', refused: 'invalid_client', why: /no client has this client_id/ },
    ],
    [
      'an unknown client',
      () => visit({ client_id: 'nobody', state: HUSH }),
      { path: '/authorize', refused: /cannot be trusted/, why: /client_id is unknown/ },
    ],
    [
      'an unregistered redirect URI',
      () => visit({ redirect_uri: `https://${HUSH}.example/` }),
      { path: '/authorize', refused: /cannot be trusted/, why: /redirect_uri is not one/ },
    ],
    [
      'an unknown scope',
      () => visit({ scope: HUSH, state: HUSH }),
      { path: '/authorize', refused: 'invalid_scope', why: /scope has an unknown value/ },
    ],
    [
      'a wrong password',
      async () => signIn(server, ...(await loginPage()), 'alice', HUSH),
      { path: '/login', refused: 'sign-in', why: /wrong username or password/ },
    ],
    [
      'an empty password',
      async () => signIn(server, ...(await loginPage()), HUSH, ''),
      { path: '/login', refused: 'sign-in', why: /empty/ },
    ],
    [
      'a form without its hidden field',
      () => new TestBrowser().post(`${server.url}/login`, { password: HUSH }),
      { path: '/login', refused: /cannot be accepted/, why: /hidden field/ },
    ],
    [
      'an unknown authorization request',
      () => new TestBrowser().get(`${server.url}/consent?request=${HUSH}`),
      { path: '/consent', refused: /no longer valid/, why: /another browser/ },
    ],
    [
      'an unknown path',
      () => get(`/nowhere?token=${HUSH}`),
      { path: '/nowhere', refused: /not found/, why: /mistyped/ },
    ],
  ])('%s', async (_name, act, expected) => {
    const found = await logged(act)
    expect(found).toEqual([
      {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        method: expect.stringMatching(/^(GET|POST)$/),
        path: expected.path,
        refused: expect.stringMatching(expected.refused),
        why: expect.stringMatching(expected.why),
        ...('status' in (found[0] ?? {}) ? { status: expect.any(Number) } : {}),
        ...('client' in (found[0] ?? {}) ? { client: 'tripmate' } : {}),
      },
    ])
    expect(JSON.stringify(found)).not.toContain(HUSH)
  })

  test('a wrong verifier, without the verifier and the code', async () => {
    const code = await authorizeForCode(server)
    const found = await logged(() => redeem(server, code, { code_verifier: CODE_VERIFIER }))
    expect(found).toMatchObject([{ refused: 'invalid_grant', why: expect.stringContaining('code_challenge') }])
    expect(JSON.stringify(found)).not.toMatch(new RegExp(`${code}|${CODE_VERIFIER}|${SECRET}`))
  })

  test('a replayed refresh token, without the token', async () => {
    const { refresh_token } = await tokens(server)
    await refresh(server, refresh_token)
    const found = await logged(() => refresh(server, refresh_token))
    expect(found).toMatchObject([{ refused: 'invalid_grant', why: expect.stringContaining('already used') }])
    expect(JSON.stringify(found)).not.toContain(refresh_token)
  })

  test('a consent that ticks nothing', async () => {
    const browser = new TestBrowser()
    const login = await browser.follow(await browser.get(authorizationUrl(server, { prompt: 'consent' })), server.url)
    const consent = await signIn(server, browser, login)
    const found = await logged(() => browser.submit(consent, { scope: [], decision: 'allow' }))
    expect(found).toMatchObject([{ refused: 'consent', path: '/consent' }])
  })

  test('an app on the developer page with a bad redirect URI', async () => {
    const [browser, login] = await loginPage('/login?next=developer')
    const page = await signIn(server, browser, login)
    const app = { client_name: 'x', redirect_uris: 'ftp://x' }
    const found = await logged(() => browser.submit(page, app, 'client_name'))
    expect(found).toMatchObject([{ refused: 'invalid_redirect_uri', path: '/developer' }])
  })
})

test('a successful request logs no refusal', async () => {
  expect(
    await logged(async () => {
      const { access_token } = await tokens(server)
      const credentials = { client_id: 'calendar-api', client_secret: API_SECRET }
      await postForm(server, '/introspect', { token: access_token, ...credentials })
    }),
  ).toEqual([])
})

test('at level debug each request gets a line with only its path', async () => {
  const act = async () => {
    await redeem(server, HUSH)
    await visit({ state: HUSH })
    await loginPage(`/login?next=${HUSH}`)
    await new Promise(setImmediate)
  }
  const found = await logged(act, ['debug', 'info'])
  expect(found.map(({ path }) => path)).toEqual(['/token', '/authorize', '/login'])
  expect(JSON.stringify(found)).not.toContain(HUSH)
})

describe('an unexpected error is logged without the contents of the request (RFC 6819 §4.6.7), at', () => {
  const noStore = () =>
    jest.spyOn(server.context.db, 'selectFrom').mockImplementation(() => {
      throw new Error('no such table')
    })
  const noCount = () => jest.spyOn(server.context.clientSecretLimit, 'attempt').mockRejectedValue(new Error('locked'))
  const noLimit = () => jest.spyOn(server.context.signInLimit, 'attempt').mockRejectedValue(new Error('locked'))

  test.each<[string, () => jest.SpyInstance, () => Promise<unknown>]>([
    ['the token endpoint', noCount, () => redeem(server, HUSH, { client_secret: HUSH, code_verifier: HUSH })],
    ['the sign-in page', noStore, () => new TestBrowser().get(`${server.url}/login?request=${HUSH}`)],
    ['the sign-in form', noLimit, async () => signIn(server, ...(await loginPage()), HUSH, HUSH)],
  ])('%s', async (_where, fail, act) => {
    const fault = fail()
    const found = await logged(act)
    fault.mockRestore()
    expect(found).toMatchObject([{ requestId: expect.any(String), error: expect.any(Error) }])
    expect(JSON.stringify(found)).not.toContain(HUSH)
  })
})

/** Sends the request target exactly as given; fetch() would normalize it. */
function postTo(path: string): Promise<void> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ method: 'POST', hostname, port, path }, answer => answer.resume().on('end', resolve))
    request.on('error', reject).end()
  })
}

async function loginPage(path = '/login') {
  const browser = new TestBrowser()
  return [browser, await browser.get(server.url + path)] as const
}
