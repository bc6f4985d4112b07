import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  addClient,
  authorizationUrl,
  authorize,
  CODE_CHALLENGE,
  REDIRECT_URI,
  startAuthServer,
  type TestAuthServer,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  const scope = ['calendar.read' as const]
  await addClient(server, { id: 'public', scope, redirectUris: ['https://app.example/cb?kept=1'] })
  await addClient(server, { id: 'two-uris', redirectUris: ['https://a.example/', 'https://b.example/'] })
  await addClient(server, { id: 'careful', scope, secret: 'x', requirePkce: true })
  await addClient(server, { id: 'no-code', grantTypes: [] })
})
afterAll(() => server.stop())

const ACCEPT_HTML = { Accept: 'text/html' }

/** Sends a GET with exactly these headers. fetch() would add its own Sec-Fetch-Mode. */
async function visit(url: URL, headers: Record<string, string>) {
  const sent = request(url, { headers, agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, location: response.headers.location, body: await text(response) }
}

/** Registers an app. @returns its client id */
async function registered(metadata: Record<string, unknown>): Promise<string> {
  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(metadata),
  })
  return ((await response.json()) as { client_id: string }).client_id
}

async function errorOf(changes: Record<string, string | undefined>, extra = '') {
  const page = await new TestBrowser().get(`${authorizationUrl(server, changes)}${extra}`)
  expect(page.status).toBe(302)
  const answer: Record<string, string> = Object.fromEntries(page.location.searchParams)
  return { ...answer, target: page.location.origin + page.location.pathname }
}

describe('errors that are never sent by redirect (RFC 6749 §4.1.2.1)', () => {
  test.each([
    ['an unknown client', { client_id: 'nobody' }, ''],
    ['a missing client_id', { client_id: undefined }, ''],
    ['a repeated client_id', {}, '&client_id=tripmate'],
    ['an unregistered redirect_uri', { redirect_uri: 'https://attacker.example/' }, ''],
    ['a redirect_uri with a longer path', { redirect_uri: `${REDIRECT_URI}/x` }, ''],
    ['a redirect_uri in another case', { redirect_uri: REDIRECT_URI.replace('callback', 'Callback') }, ''],
    ['a redirect_uri with a query', { redirect_uri: `${REDIRECT_URI}?a=1` }, ''],
    ['a redirect_uri with user information', { redirect_uri: 'http://localhost:4000@attacker.example/callback' }, ''],
    ['a redirect_uri with dots in its path', { redirect_uri: 'http://localhost:4000/x/../callback' }, ''],
    ['a redirect_uri on another port', { redirect_uri: 'http://localhost:4009/callback' }, ''],
    ['a repeated redirect_uri', {}, `&redirect_uri=${encodeURIComponent('https://attacker.example/')}`],
    [
      'a missing redirect_uri of a client that has registered two',
      { client_id: 'two-uris', redirect_uri: undefined },
      '',
    ],
    ['a null byte in client_id', { client_id: 'trip\0mate' }, ''],
  ])('%s is reported to the user on a page', async (_name, changes, extra) => {
    const page = await new TestBrowser().get(`${authorizationUrl(server, changes)}${extra}`)
    expect(page.status).toBe(400)
    expect(page.headers.get('location')).toBeNull()
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.body).toContain('This link cannot be trusted')
    expect(page.body).toContain('Step 1 of 7')
  })
})

describe('errors that are sent to the client, with state and iss (RFC 6749 §4.1.2.1, RFC 9207 §2)', () => {
  const NO_PKCE = 'code_challenge is missing; this client must use PKCE'
  const NOT_S256 = 'code_challenge_method must be S256; no other method is supported'
  const NOT_KNOWN = 'resource is unknown; use http://localhost:4002, or a URL under it'
  test.each([
    ['a missing response_type', { response_type: undefined }, '', 'invalid_request', 'response_type is missing'],
    ['response_type=token', { response_type: 'token' }, '', 'unsupported_response_type', 'response_type must be code'],
    [
      'an unknown scope',
      { scope: 'calendar.read admin' },
      '',
      'invalid_scope',
      'scope has an unknown value; known values: calendar.read calendar.write',
    ],
    [
      'a scope of spaces only',
      { scope: ' ' },
      '',
      'invalid_scope',
      'scope asks for more than this client is registered for',
    ],
    ['a repeated scope', {}, '&scope=calendar.read', 'invalid_request', 'scope was sent more than once; send it once'],
    [
      'a repeated unknown parameter',
      {},
      '&x=1&x=2',
      'invalid_request',
      'a parameter was sent more than once; send each parameter once',
    ],
    [
      'code_challenge with method plain',
      { code_challenge: CODE_CHALLENGE, code_challenge_method: 'plain' },
      '',
      'invalid_request',
      NOT_S256,
    ],
    [
      'code_challenge without a method, which means plain',
      { code_challenge: CODE_CHALLENGE },
      '',
      'invalid_request',
      NOT_S256,
    ],
    [
      'a method without a challenge',
      { code_challenge_method: 'S256' },
      '',
      'invalid_request',
      'code_challenge is missing',
    ],
    [
      'a challenge of the wrong length',
      { code_challenge: 'short', code_challenge_method: 'S256' },
      '',
      'invalid_request',
      'code_challenge must be 43 base64url characters without padding',
    ],
    [
      'an unknown prompt',
      { prompt: 'dance' },
      '',
      'invalid_request',
      'prompt has an unknown value; known values: none login consent select_account',
    ],
    [
      'prompt=none with another value',
      { prompt: 'none login' },
      '',
      'invalid_request',
      'prompt=none cannot be combined with another value',
    ],
    ['prompt=none when no user is signed in', { prompt: 'none' }, '', 'login_required', 'no user is signed in'],
    ['an unknown resource', { resource: 'https://other.example' }, '', 'invalid_target', NOT_KNOWN],
    [
      'a resource that only begins like a known resource',
      { resource: 'http://localhost:40020' },
      '',
      'invalid_target',
      NOT_KNOWN,
    ],
    [
      'a resource with a fragment',
      { resource: 'http://localhost:4002/#x' },
      '',
      'invalid_target',
      'resource must be an absolute URI without a fragment',
    ],
  ])('%s', async (_name, changes, extra, error, error_description) => {
    expect(await errorOf(changes, extra)).toEqual({
      target: REDIRECT_URI,
      error,
      error_description,
      state: 'a state to come back',
      iss: server.url,
    })
  })

  test.each([
    ['scope', 'calendar.read\tcalendar.write', 'invalid_scope'],
    ['scope', 'calendar.read\n', 'invalid_scope'],
    ['resource', 'http://localhost:4002\n', 'invalid_target'],
    ['resource', 'http://localhost:4002\\@evil.example', 'invalid_target'],
  ])(
    '%s=%j is malformed and gets the error code of its parameter (RFC 6749 §4.1.2.1, RFC 8707 §2)',
    async (name, value, error) => {
      expect(await errorOf({ [name]: value })).toMatchObject({ error })
    },
  )

  test('a state with a control character is refused, but is still returned (RFC 6749 §4.1.2.1)', async () => {
    const state = 'a\tb'
    expect(await errorOf({ state })).toMatchObject({ error: 'invalid_request', state })
  })

  test('a state that is not UTF-8 is refused: it could not be returned unchanged (RFC 6749 §4.1.2)', async () => {
    const answer = await errorOf({ state: undefined }, '&state=%FF%FE')
    expect(answer).toMatchObject({ error: 'invalid_request' })
    expect(answer).not.toHaveProperty('state')
  })

  test('a client that is not registered for codes gets unauthorized_client', async () => {
    expect(await errorOf({ client_id: 'no-code' })).toMatchObject({
      error: 'unauthorized_client',
      error_description: 'this client is not registered for grant_type authorization_code',
    })
  })

  test('a public client must use PKCE (RFC 7636 §4.4.1, RFC 9700 §2.1.1)', async () => {
    const answer = await errorOf({ client_id: 'public', redirect_uri: undefined, scope: undefined })
    expect(answer).toMatchObject({
      error: 'invalid_request',
      error_description: NO_PKCE,
      kept: '1',
    })
  })

  test('a confidential client with require_pkce must use PKCE', async () => {
    expect(await errorOf({ client_id: 'careful', scope: 'calendar.read' })).toMatchObject({
      error: 'invalid_request',
      error_description: NO_PKCE,
    })
  })

  test('a client cannot request a scope that it is not registered for (RFC 6749 §3.3)', async () => {
    const answer = await errorOf({
      client_id: 'careful',
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
    })
    expect(answer).toMatchObject({
      error: 'invalid_scope',
      error_description: 'scope asks for more than this client is registered for',
    })
  })

  test('error_description contains only the allowed characters (RFC 6749 §4.1.2.1)', async () => {
    const answer = await errorOf(
      {},
      `&${encodeURIComponent('käse "\\" <b>')}=1&${encodeURIComponent('käse "\\" <b>')}=2`,
    )
    expect(answer).toMatchObject({ error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) })
  })

  test('a request without a state gets no state back', async () => {
    expect(await errorOf({ state: undefined, response_type: undefined })).not.toHaveProperty('state')
  })

  test.each(['fragment', 'form_post'])(
    'response_mode=%s is refused, because the code is always sent in the query',
    async mode => {
      expect(await errorOf({ response_mode: mode })).toMatchObject({
        error: 'invalid_request',
        error_description: 'response_mode must be query; no other mode is supported',
      })
      expect((await authorize(server, { response_mode: 'query' })).searchParams.get('code')).toBeTruthy()
    },
  )
})

describe('a link with an error does not redirect to an app that has not been checked (RFC 9700 §4.11.2)', () => {
  const its = { client_id: '', redirect_uri: 'https://stranger.example/cb', scope: 'calendar.read everything' }
  beforeAll(async () => {
    its.client_id = await registered({ client_name: 'A <b>stranger</b>', redirect_uris: [its.redirect_uri] })
  })

  test.each([
    ['Sec-Fetch-Mode', { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' }],
    ['Accept, in browsers without Sec-Fetch-Mode', { Accept: 'text/html,application/xhtml+xml;q=0.9' }],
  ])(
    'a user who follows such a link gets a page and can continue from there; recognised by %s',
    async (_name, headers) => {
      const page = await visit(authorizationUrl(server, its), headers)
      expect(page.status).toBe(400)
      expect(page.location).toBeUndefined()
      expect(page.body).toContain('A &lt;b&gt;stranger&lt;/b&gt; asked for something it cannot have')
      expect(page.body).toMatch(/href="https:\/\/stranger\.example\/cb\?error=invalid_scope[^"]*state=a(\+|%20)state/)
      expect(page.body).toContain('Go back to stranger.example')
    },
  )

  test('the page names a private-use scheme instead of a host', async () => {
    const redirect_uri = 'com.example.app:/cb'
    const client_id = await registered({ redirect_uris: [redirect_uri], application_type: 'native' })
    const page = await visit(authorizationUrl(server, { ...its, client_id, redirect_uri }), ACCEPT_HTML)
    expect(page.body).toContain('Go back to the app (com.example.app:)')
  })

  test.each([
    ['a program that reads the response itself', {}, { Accept: '*/*' }],
    ['a script', {}, { Accept: 'text/html', 'Sec-Fetch-Mode': 'cors' }],
    ['a frame', {}, { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }],
    [
      'prompt=none, which requires an answer without a page',
      { scope: 'calendar.read', prompt: 'none' },
      { Accept: 'text/html' },
    ],
  ])('%s gets the redirect', async (_name, changes, headers) => {
    const { status, location } = await visit(authorizationUrl(server, { ...its, ...changes }), headers)
    expect(status).toBe(302)
    expect(location).toMatch(/^https:\/\/stranger\.example\/cb\?error=(invalid_scope|login_required)&/)
  })

  test('an app that the operator configured always gets the redirect', async () => {
    const { location } = await visit(authorizationUrl(server, { scope: 'everything' }), ACCEPT_HTML)
    expect(location).toContain(`${REDIRECT_URI}?error=invalid_scope`)
  })
})
