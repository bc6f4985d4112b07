import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { encodeForm, type Fields, type Page, readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { readConfig } from '../../src/config'
import { hashToken } from '../../src/tokens/opaque-token'
import {
  authorizationUrl,
  authorize,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  hasEnded,
  type JsonAnswer,
  PRODUCTION,
  postForm,
  redeem,
  refresh,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const CALLBACK = 'https://app.example/callback'
const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n more of it', 'latin1').toString('base64')}`

/** RFC 6750 §3: with a parameter, and without an error code where there was no token. */
const CHALLENGE = 'Bearer realm="Glasshouse Accounts"'

let server: TestAuthServer
beforeEach(async () => {
  server ??= await startAuthServer()
  // Each test may register as many as the limit allows.
  jest.spyOn(server.context.registrationLimit, 'count').mockResolvedValue(0)
})
afterEach(() => jest.restoreAllMocks())
afterAll(() => server.stop())

async function send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined } as JsonAnswer
}

const register = (metadata: unknown, headers?: Record<string, string>, on = server) =>
  send('POST', `${on.url}/register`, metadata, headers)

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

async function registered(metadata: Record<string, unknown> = {}) {
  const { status, json } = await register({ redirect_uris: [CALLBACK], ...metadata })
  expect({ status, json }).toMatchObject({ status: 201 })
  return json
}

/** Sends the page's form with the headers of a browser that navigates; fetch() would add others of its own. */
async function sendAsBrowser(browser: TestBrowser, page: Page, fields: Fields) {
  const [form] = readForms(page)
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Sec-Fetch-Mode': 'navigate',
    Cookie: `glasshouse-accounts.sid=${browser.cookie(server.url, 'glasshouse-accounts.sid')}`,
  }
  const body = encodeForm({ ...form?.fields, ...fields })
  const sent = request(form?.action ?? '', { method: 'POST', headers, agent: false }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Steps 1 to 5 of a registered client. */
async function tokensOf(client: { client_id: string; client_secret?: string }, redirectUri = CALLBACK) {
  const location = await authorize(server, {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
    scope: undefined,
  })
  return redeem(server, location.searchParams.get('code') ?? '', {
    client_id: client.client_id,
    client_secret: client.client_secret,
    redirect_uri: redirectUri,
    code_verifier: CODE_VERIFIER,
  })
}

describe('registration (RFC 7591 §3)', () => {
  test('answers 201 with what was issued and all that is registered, defaults included (§3.2.1)', async () => {
    const answer = await register({ redirect_uris: [CALLBACK] })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.json).toEqual({
      client_id: expect.stringMatching(/^app_[0-9a-f]{24}$/),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      registration_client_uri: `${server.url}/register/${answer.json.client_id}`,
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      client_name: answer.json.client_id,
      scope: 'calendar.read calendar.write',
      require_pkce: false,
    })
  })

  test('echoes every member that is understood, and passes over the others (§2)', async () => {
    const metadata = {
      redirect_uris: [CALLBACK, 'https://app.example/other?kept=1'],
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      application_type: 'web',
      client_name: 'Ein Käfer 🪲',
      client_uri: 'https://app.example/',
      logo_uri: 'https://app.example/logo.png',
      scope: 'calendar.read',
      contacts: ['dev@app.example'],
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'abc', y: 'def', use: 'sig', key_ops: ['verify'] }] },
      require_pkce: true,
    }
    const client = await registered({
      ...metadata,
      tos_uri: 'https://app.example/tos',
      software_statement: 'x',
      zebra: {},
      client_id: 'tripmate',
    })
    expect(client).toMatchObject(metadata)
    expect(client.client_id).toMatch(/^app_/)
    expect(client).not.toHaveProperty('zebra')
    expect(client).not.toHaveProperty('software_statement')
  })

  test('a member that is null is one that is not there (RFC 7592 §2.2)', async () => {
    expect(await registered({ scope: null, contacts: null })).toMatchObject({ scope: 'calendar.read calendar.write' })
  })

  test('neither the secret nor the registration token is stored as it is', async () => {
    const client = await registered()
    const rows = JSON.stringify(await server.context.db.selectFrom('clients').selectAll().execute())
    expect(rows).not.toContain(client.client_secret)
    expect(rows).not.toContain(client.registration_access_token)
    expect(rows).toContain(hashToken(client.registration_access_token))
  })

  test('any page may register from a browser: no cookie is involved', async () => {
    const preflight = await fetch(`${server.url}/register`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('what is refused, by the name of the member (RFC 7591 §3.2.2)', () => {
  test.each([
    ['none at all', {}],
    ['an empty list', { redirect_uris: [] }],
    ['no list', { redirect_uris: CALLBACK }],
    ['a list of something else', { redirect_uris: [1] }],
    ['more than can be kept', { redirect_uris: Array.from({ length: 21 }, (_, n) => `${CALLBACK}/${n}`) }],
    ['a relative one (RFC 6749 §3.1.2)', { redirect_uris: ['/callback'] }],
    ['a fragment (RFC 6749 §3.1.2)', { redirect_uris: [`${CALLBACK}#`] }],
    ['http, except on loopback (RFC 6749 §3.1.2.1)', { redirect_uris: ['http://app.example/callback'] }],
    ['a host that only looks like loopback', { redirect_uris: ['http://localhost.evil.example/'] }],
    ['a user name that looks like loopback', { redirect_uris: ['http://127.0.0.1@evil.example/'] }],
    ['a user name', { redirect_uris: ['https://app.example@evil.example/'] }],
    ['javascript:', { redirect_uris: ['javascript:alert(1)'] }],
    ['data:', { redirect_uris: ['data:text/html,hello'] }],
    ['a scheme without a dot (RFC 8252 §8.4)', { redirect_uris: ['myapp:/callback'] }],
    ['a wildcard (RFC 9700 §4.1.1)', { redirect_uris: ['https://*.app.example/callback'] }],
    ['a space', { redirect_uris: ['https://app.example/call back'] }],
    ['a line break', { redirect_uris: ['https://app.example/\r\nSet-Cookie:a=b'] }],
    ['https without a host', { redirect_uris: ['https:app.example/callback'] }],
    ['https with one slash', { redirect_uris: ['https:/app.example/callback'] }],
    ['https with three slashes', { redirect_uris: ['https:///app.example/callback'] }],
    ['a host that would end a policy (CSP)', { redirect_uris: ['https://a.example;sandbox/callback'] }],
    ['a host that would be two in a policy (CSP)', { redirect_uris: ['https://a.example,b.example/callback'] }],
    ['a host with a quote', { redirect_uris: ["https://a$'b.example/callback"] }],
    ['a percent sign by itself', { redirect_uris: ['https://app.example/callback?x=100%'] }],
    ['a percent sign before no digits', { redirect_uris: ['https://app.example/%zz'] }],
    ['a quotation mark', { redirect_uris: ['https://app.example/a"b'] }],
    ['a curly bracket', { redirect_uris: ['https://app.example/{id}'] }],
    ['a backslash', { redirect_uris: ['https://app.example\\@evil.example/'] }],
    ['a bad one behind a good one', { redirect_uris: [CALLBACK, 'ftp://app.example/'] }],
    ['2,001 characters', { redirect_uris: [`https://app.example/${'x'.repeat(1981)}`] }],
    ['a private-use scheme of a web app', { redirect_uris: ['com.example.app:/cb'], application_type: 'web' }],
  ])('invalid_redirect_uri: %s', async (_name, metadata) => {
    const answer = await register(metadata)
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_redirect_uri'])
    expect(answer.json.error_description).toContain('redirect_uris')
  })

  test.each([
    'https://app.example',
    'https://app.example:8443/callback?a=%2F',
    'HTTPS://App_1.Example/callback',
    'https://[2001:db8::1]/callback',
  ])('%s may be registered', async uri => {
    expect(await registered({ redirect_uris: [uri] })).toMatchObject({ redirect_uris: [uri] })
  })

  test.each(['code', 'state', 'iss', 'error', 'error_description', 'error_uri'])(
    'invalid_redirect_uri: a query with %s, which the answer would have twice (RFC 6749 §3.1)',
    async name => {
      const answer = await register({ redirect_uris: [CALLBACK, `https://app.example/cb?a=1&${name}=x`] })
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_redirect_uri'])
      expect(answer.json.error_description).toMatch(`redirect_uris[1] has ${name} in its query`)
    },
  )

  test.each([
    ['token_endpoint_auth_method', 'private_key_jwt'],
    ['token_endpoint_auth_method', 1],
    ['grant_types', ['implicit']],
    ['grant_types', []],
    ['grant_types', 'authorization_code'],
    ['response_types', ['token']],
    ['response_types', []],
    ['response_types', ['code', 'code']],
    ['application_type', 'toaster'],
    ['client_name', ''],
    ['client_name', 'x'.repeat(101)],
    ['client_name', 'Tripmate\u202e'],
    ['client_name', 'a\u0000b'],
    ['client_name', ['x']],
    ['client_uri', 'javascript:alert(1)'],
    ['client_uri', 'app.example'],
    ['client_uri', 'https://app.example/ "onclick="'],
    ['logo_uri', 'javascript:alert(1)'],
    ['logo_uri', 'data:image/svg+xml;base64,AAAA'],
    ['logo_uri', 'data:image/png;base64,AAAA'],
    ['logo_uri', `data:image/png;base64,${'A'.repeat(32_000)}`],
    ['scope', 'openid'],
    ['scope', ''],
    ['scope', ['calendar.read']],
    ['contacts', 'dev@app.example'],
    ['contacts', ['a\u0000b']],
    ['contacts', ['']],
    ['contacts', ['x'.repeat(255)]],
    ['contacts', Array(11).fill('x')],
    ['jwks', {}],
    ['jwks', []],
    ['jwks', 'https://app.example/jwks'],
    ['jwks', { keys: [{}] }],
    ['jwks', { keys: [null] }],
    ['jwks', { keys: Array(11).fill({ kty: 'EC' }) }],
    ['jwks', { keys: [{ kty: 'EC', d: 'private' }] }],
    ['jwks', { keys: [{ kty: 'oct', k: 'shared' }] }],
    ['jwks', { keys: [{ kty: 'EC', x: { deep: {} } }] }],
    ['jwks', { keys: [{ kty: 'EC', x: 'a\u0000b' }] }],
    ['jwks', { keys: [{ kty: 'EC', x5c: ['x'.repeat(8001)] }] }],
    ['require_pkce', 'yes'],
  ])('invalid_client_metadata: %s %j', async (member, value) => {
    const answer = await register({ redirect_uris: [CALLBACK], [member]: value })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata'])
    expect(answer.json.error_description).toContain(member)
  })

  test.each([
    ['no JSON', '{"redirect_uris"'],
    ['a list', []],
    ['nothing', 'null'],
    ['a number', '1'],
  ])('a body that is %s', async (_name, body) => {
    expect((await register(body)).json.error).toBe('invalid_client_metadata')
  })

  test('a body that is a form', async () => {
    const answer = await postForm(server, '/register', { redirect_uris: CALLBACK })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata'])
  })

  test('a body of 1 MB', async () => {
    expect((await register({ redirect_uris: [CALLBACK], zebra: 'x'.repeat(1e6) })).status).toBe(413)
  })

  test('members of the prototype are no members', async () => {
    expect((await register('{"__proto__":{"redirect_uris":["https://app.example/"]}}')).json.error).toBe(
      'invalid_redirect_uri',
    )
  })

  test('jwks beside jwks_uri (§2)', async () => {
    const answer = await register({
      redirect_uris: [CALLBACK],
      jwks: { keys: [] },
      jwks_uri: 'https://app.example/jwks',
    })
    expect(answer.json).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('jwks_uri'),
    })
  })

  test('client credentials without a secret (RFC 6749 §4.4)', async () => {
    const answer = await register({ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' })
    expect(answer.json).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('grant_types'),
    })
  })

  test('response_types that do not go with grant_types (§2.1)', async () => {
    const answer = await register({ grant_types: ['client_credentials'], response_types: ['code'] })
    expect(answer.json).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('response_types'),
    })
  })
})

describe('what is registered is honoured', () => {
  test('a confidential client gets through the flow, its secret sent either way', async () => {
    const client = await registered({ grant_types: ['authorization_code', 'refresh_token'] })
    const first = await tokensOf(client)
    expect(first.status).toBe(200)
    const { client_id, client_secret } = client
    const next = await refresh(server, first.json.refresh_token, { client_id, client_secret })
    expect(next.status).toBe(200)
  })

  test('grant_types: no refresh token unless it is registered for', async () => {
    const answer = await tokensOf(await registered())
    expect(answer.status).toBe(200)
    expect(answer.json).not.toHaveProperty('refresh_token')
  })

  test('grant_types: client_credentials alone needs no redirect URI, and response_types is empty', async () => {
    const { json } = await register({ grant_types: ['client_credentials'] })
    expect(json).toMatchObject({ redirect_uris: [], response_types: [] })
    const { client_id, client_secret } = json
    const answer = await postForm(server, '/token', { grant_type: 'client_credentials', client_id, client_secret })
    expect(answer.status).toBe(200)
  })

  test('token_endpoint_auth_method none: a public client has no secret, and is held to PKCE (RFC 9700 §2.1.1)', async () => {
    const client = await registered({ token_endpoint_auth_method: 'none', require_pkce: false })
    expect(client).not.toHaveProperty('client_secret')
    expect(client).not.toHaveProperty('client_secret_expires_at')
    expect(client.require_pkce).toBe(true)
    expect((await tokensOf(client)).status).toBe(200)
    const without = await authorize(server, { client_id: client.client_id, redirect_uri: CALLBACK })
    expect(without.searchParams.get('error')).toBe('invalid_request')
  })

  test('application_type native: with a secret or without, it is held to PKCE (RFC 8252 §8.1, §8.5)', async () => {
    const client = await registered({ application_type: 'native', redirect_uris: ['http://127.0.0.1/cb'] })
    expect(client).toMatchObject({ client_secret: expect.any(String), require_pkce: true })
    const url = authorizationUrl(server, { client_id: client.client_id, redirect_uri: 'http://127.0.0.1:5005/cb' })
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.headers.get('location')).toContain(
      'error=invalid_request&error_description=code_challenge+is+missing',
    )
  })

  test('require_pkce: a confidential client that asked to be held to it is', async () => {
    const { client_id } = await registered({ require_pkce: true })
    const location = await authorize(server, { client_id, redirect_uri: CALLBACK })
    expect(location.searchParams.get('error')).toBe('invalid_request')
  })

  test('scope: it cannot ask for more', async () => {
    const { client_id } = await registered({ scope: 'calendar.read' })
    const location = await authorize(server, { client_id, redirect_uri: CALLBACK, scope: 'calendar.write' })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
  })
})

describe('native apps (RFC 8252)', () => {
  const native = { token_endpoint_auth_method: 'none' }

  test.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:51004'],
    ['http://localhost:3000/cb', 'http://localhost:51004/cb'],
  ])('%s: any port on loopback will do, e.g. %s (§7.3)', async (redirectUri, requested) => {
    const client = await registered({ ...native, redirect_uris: [redirectUri] })
    expect(client.application_type).toBe('native')
    expect((await tokensOf(client, requested)).status).toBe(200)
  })

  test('an IPv6 loopback address will do, though no policy can name it for a form (§7.3)', async () => {
    const client = await registered({ ...native, redirect_uris: ['http://[::1]/cb?a=1'] })
    const browser = new TestBrowser()
    const consent = await consentPageFor(client, browser, 'http://[::1]:51004/cb?a=1')
    expect(consent.headers.get('content-security-policy')).toMatch(/form-action 'self';/)
    const page = await browser.submit(consent, { decision: 'allow' })
    expect(page.status).toBe(200)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('refresh')).toMatch(/^0; url=http:\/\/\[::1\]:51004\/cb\?a=1&code=[\w-]{43}&/)
  })

  test.each([
    ['another path', 'http://127.0.0.1:51004/other'],
    ['another query', 'http://127.0.0.1:51004/cb?a=1'],
    ['another loopback host', 'http://localhost:51004/cb'],
    ['https', 'https://127.0.0.1:51004/cb'],
    ['a port that is none', 'http://127.0.0.1:99999/cb'],
    ['a user name that looks like a port', 'http://127.0.0.1:51004@evil.example/cb'],
    ['another host behind', 'http://127.0.0.1:51004.evil.example/cb'],
  ])('but nothing else may differ: %s', async (_name, requested) => {
    const { client_id } = await registered({ ...native, redirect_uris: ['http://127.0.0.1:3000/cb'] })
    const page = await new TestBrowser().get(authorizationUrl(server, { client_id, redirect_uri: requested }))
    expect(page.status).toBe(400)
  })

  test('the port of a web app on localhost is compared (RFC 9700 §4.1.3)', async () => {
    const { client_id, application_type } = await registered({ redirect_uris: ['http://localhost:3000/cb'] })
    expect(application_type).toBe('web')
    const redirect_uri = 'http://localhost:51004/cb'
    expect((await new TestBrowser().get(authorizationUrl(server, { client_id, redirect_uri }))).status).toBe(400)
  })

  test('the port of anything but loopback is compared', async () => {
    const { client_id } = await registered({ ...native, application_type: 'native' })
    const redirect_uri = CALLBACK.replace('example/', 'example:8443/')
    expect((await new TestBrowser().get(authorizationUrl(server, { client_id, redirect_uri }))).status).toBe(400)
  })

  const SCHEME = 'com.example.app:/oauth2redirect'

  test('a private-use scheme is named on the consent page, and gets its code (§7.1)', async () => {
    const client = await registered({ ...native, redirect_uris: [SCHEME] })
    expect(client.application_type).toBe('native')
    const browser = new TestBrowser()
    const consent = await consentPageFor(client, browser, SCHEME)
    expect(consent.body).toContain('com.example.app:')
    expect(consent.headers.get('content-security-policy')).toMatch(/form-action 'self' com\.example\.app:;/)
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect([answer.status, answer.location.protocol]).toEqual([303, 'com.example.app:'])
    expect(answer.location.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
  })

  test.each([
    ['allow', 'code=[\\w-]{43}&'],
    ['deny', 'error=access_denied&'],
  ])('a person in a browser sees it by a page, in case no app opens: %s (§7.1)', async (decision, parameters) => {
    const client = await registered({ ...native, redirect_uris: [SCHEME] })
    const browser = new TestBrowser()
    const consent = await consentPageFor(client, browser, SCHEME)
    const page = await sendAsBrowser(browser, consent, { decision })
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-store'])
    const target = String(page.headers.refresh).replace('0; url=', '')
    expect(target).toMatch(new RegExp(`^com\\.example\\.app:/oauth2redirect\\?${parameters}`))
    const shown = target.replaceAll('&', '&amp;')
    expect(page.body).toContain(`If no app opens: <a href="${shown}">`)
    expect(page.body).toContain(`<code>${shown}</code>`)
  })

  test('is asked each time: another app could pass for it (§8.6)', async () => {
    for (const metadata of [native, { application_type: 'native' }]) {
      const client = await registered(metadata)
      const browser = new TestBrowser()
      await browser.submit(await consentPageFor(client, browser), { decision: 'allow' })
      expect((await consentPageFor(client, browser)).url).toContain('/consent')
      const silent = await browser.get(urlFor(client, CALLBACK, 'none'))
      expect(silent.location.searchParams.get('error')).toBe('consent_required')
    }
  })

  test('a confidential web app is not asked twice', async () => {
    const client = await registered()
    const browser = new TestBrowser()
    await browser.submit(await consentPageFor(client, browser), { decision: 'allow' })
    expect((await browser.get(urlFor(client))).location.searchParams.has('code')).toBe(true)
  })
})

const urlFor = (client: { client_id: string }, redirectUri = CALLBACK, prompt?: string) =>
  authorizationUrl(server, {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
    prompt,
  })

async function consentPageFor(client: { client_id: string }, browser = new TestBrowser(), redirectUri = CALLBACK) {
  const page = await browser.follow(await browser.get(urlFor(client, redirectUri)), server.url)
  return page.url.includes('/login') ? signIn(server, browser, page) : page
}

describe('the consent page of an app that nobody vouches for (RFC 7591 §5)', () => {
  test('says so, and shows no HTML that came with the name', async () => {
    const page = await consentPageFor(await registered({ client_name: '<b onclick="x">Tripmate</b>' }))
    expect(page.body).toContain('nobody here has checked')
    expect(page.body).toContain('&lt;b onclick=&#34;x&#34;&gt;Tripmate')
    expect(page.body).not.toContain('<b onclick')
  })

  test('shows a logo that came along and was checked', async () => {
    expect((await consentPageFor(await registered({ logo_uri: PNG }))).body).toContain(
      `src="${PNG.replaceAll('+', '&#43;')}`.slice(0, 40),
    )
  })

  test('never loads a logo, nor links to a page, from another host', async () => {
    const client = await registered({ logo_uri: 'https://evil.example/x.png', client_uri: 'https://evil.example/' })
    const browser = new TestBrowser()
    const page = await consentPageFor(client, browser)
    expect(page.body).not.toContain('evil.example')
    await browser.submit(page, { decision: 'deny' })
    expect((await browser.get(page.url)).body).not.toContain('evil.example')
  })
})

describe('management (RFC 7592)', () => {
  test('reading gives the registration, without the secret, which is not kept (§2.1)', async () => {
    const client = await registered({ client_name: 'Mine' })
    const answer = await send(
      'GET',
      client.registration_client_uri,
      undefined,
      bearer(client.registration_access_token),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { client_secret, client_secret_expires_at, ...rest } = client
    expect(answer.json).toEqual(rest)
  })

  test.each(['GET', 'PUT', 'DELETE'])('%s wants the token of this very registration (§2)', async method => {
    const [mine, other] = [await registered(), await registered()]
    const body = method === 'PUT' ? { client_id: mine.client_id, redirect_uris: [CALLBACK] } : undefined
    const uri = mine.registration_client_uri
    const bare = await send(method, uri, body)
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, CHALLENGE])
    for (const token of ['wrong', other.registration_access_token, mine.client_secret]) {
      const answer = await send(method, uri, body, bearer(token))
      expect([answer.status, answer.json.error]).toEqual([401, 'invalid_token'])
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    expect((await send('GET', uri, undefined, bearer(mine.registration_access_token))).status).toBe(200)
  })

  test('a client that is not there is the same as a wrong token, and so are the operator’s own (§2.1)', async () => {
    const told = async (id: string) => {
      const { status, headers, json } = await send('GET', `${server.url}/register/${id}`, undefined, bearer('nobody'))
      return [status, headers.get('www-authenticate'), json]
    }
    const wrong = await told((await registered()).client_id)
    expect(wrong[0]).toBe(401)
    for (const id of ['app_nobody', 'tripmate', '%00', 'calendar-api']) expect(await told(id)).toEqual(wrong)
  })

  test('updating replaces all of it; what is left out is back at its default (§2.2)', async () => {
    const client = await registered({ client_name: 'Before', contacts: ['a'], scope: 'calendar.read' })
    const update = { client_id: client.client_id, redirect_uris: ['https://app.example/new'], client_name: 'After' }
    const answer = await send('PUT', client.registration_client_uri, update, bearer(client.registration_access_token))
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ ...update, scope: 'calendar.read calendar.write' })
    expect(answer.json).not.toHaveProperty('contacts')
    expect(answer.json).not.toHaveProperty('client_secret')
    expect((await new TestBrowser().get(urlFor(client))).status).toBe(400)
    // The secret is the one it was.
    expect((await tokensOf(client, 'https://app.example/new')).status).toBe(200)
  })

  test('a client that becomes confidential gets a secret, one that becomes public loses it', async () => {
    const client = await registered({ token_endpoint_auth_method: 'none' })
    const put = (method: string) =>
      send(
        'PUT',
        client.registration_client_uri,
        { client_id: client.client_id, redirect_uris: [CALLBACK], token_endpoint_auth_method: method },
        bearer(client.registration_access_token),
      )
    const confidential = (await put('client_secret_post')).json
    expect(confidential.client_secret).toEqual(expect.any(String))
    expect((await tokensOf(confidential)).status).toBe(200)
    expect((await put('none')).json).not.toHaveProperty('client_secret')
    expect((await tokensOf(confidential)).json.error).toBe('invalid_client')
    expect((await tokensOf(client)).status).toBe(200)
  })

  test.each([
    ['client_id', { client_id: undefined }],
    ['client_id', { client_id: 'tripmate' }],
    ['client_secret', { client_secret: 'my own choice' }],
    ['client_secret', { client_secret: 1 }],
    ['registration_access_token', { registration_access_token: 'x' }],
    ['registration_client_uri', { registration_client_uri: 'x' }],
    ['client_secret_expires_at', { client_secret_expires_at: 1 }],
    ['client_id_issued_at', { client_id_issued_at: 1 }],
    ['redirect_uris', { redirect_uris: [] }],
    ['scope', { scope: 'admin' }],
  ])('an update with a wrong %s is refused, and changes nothing (§2.2)', async (member, changes) => {
    const client = await registered()
    const update = { client_id: client.client_id, client_name: 'Changed', redirect_uris: [CALLBACK], ...changes }
    const headers = bearer(client.registration_access_token)
    const answer = await send('PUT', client.registration_client_uri, update, headers)
    expect(answer.status).toBe(400)
    expect(answer.json.error_description).toContain(member)
    const after = await send('GET', client.registration_client_uri, undefined, headers)
    expect(after.json.client_name).toBe(client.client_name)
  })

  test('an update may repeat the secret that was issued (§2.2)', async () => {
    const { client_id, client_secret, ...client } = await registered()
    const update = { client_id, client_secret, redirect_uris: [CALLBACK] }
    const headers = bearer(client.registration_access_token)
    expect((await send('PUT', client.registration_client_uri, update, headers)).status).toBe(200)
  })

  test('a redirect URI that is given up takes the requests that wait for it along', async () => {
    const client = await registered()
    const browser = new TestBrowser()
    const consent = await consentPageFor(client, browser)
    const update = { client_id: client.client_id, redirect_uris: ['https://app.example/new'] }
    await send('PUT', client.registration_client_uri, update, bearer(client.registration_access_token))
    expect((await browser.submit(consent, { decision: 'allow' })).status).toBe(400)
  })

  test('other methods are not allowed', async () => {
    expect((await send('GET', `${server.url}/register`)).headers.get('allow')).toBe('POST')
    expect((await send('PATCH', `${server.url}/register/x`)).headers.get('allow')).toBe('GET, PUT, DELETE')
  })
})

describe('deleting a client (RFC 7592 §2.3)', () => {
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']

  test('ends its tokens, codes, consents and requests, and its registration', async () => {
    const client = await registered({ grant_types })
    const { client_id, client_secret } = client
    const browser = new TestBrowser()
    const waiting = await consentPageFor(client, browser)
    const held = (await tokensOf(client)).json
    const own = (await postForm(server, '/token', { grant_type: 'client_credentials', client_id, client_secret })).json

    const headers = bearer(client.registration_access_token)
    const answer = await send('DELETE', client.registration_client_uri, undefined, headers)
    expect([answer.status, answer.json]).toEqual([204, undefined])

    expect(await hasEnded(server, held.access_token)).toBe(true)
    expect(await hasEnded(server, own.access_token)).toBe(true)
    expect((await refresh(server, held.refresh_token, client)).json.error).toBe('invalid_client')
    expect((await browser.submit(waiting, { decision: 'allow' })).status).toBe(400)
    expect((await browser.get(urlFor(client))).status).toBe(400)
    expect((await browser.get(`${server.url}/account`)).body).not.toContain(client_id)
    const consents = await server.context.db.selectFrom('consents').select('client_id').execute()
    expect(consents.map(consent => consent.client_id)).not.toContain(client_id)
    expect((await send('GET', client.registration_client_uri, undefined, headers)).status).toBe(401)
    expect((await send('DELETE', client.registration_client_uri, undefined, headers)).status).toBe(401)
  })

  test('leaves other clients’ tokens alone', async () => {
    const [gone, stays] = [await registered({ grant_types }), await registered({ grant_types })]
    const held = (await tokensOf(stays)).json
    const { client_id, client_secret } = stays
    const own = (await postForm(server, '/token', { grant_type: 'client_credentials', client_id, client_secret })).json
    await send('DELETE', gone.registration_client_uri, undefined, bearer(gone.registration_access_token))
    expect(await hasEnded(server, held.access_token)).toBe(false)
    expect(await hasEnded(server, own.access_token)).toBe(false)
    expect((await refresh(server, held.refresh_token, { client_id, client_secret })).status).toBe(200)
  })
})

describe('who may register', () => {
  test('in demo mode everybody, but no flood (RFC 7591 §3)', async () => {
    jest.restoreAllMocks()
    const own = await startAuthServer()
    try {
      const answers = await Promise.all(
        Array.from({ length: 70 }, () => register({ redirect_uris: [CALLBACK] }, {}, own)),
      )
      expect(answers.filter(answer => answer.status === 201)).toHaveLength(60)
      const limited = answers.filter(answer => answer.status === 429)
      expect(limited).toHaveLength(10)
      expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(limited[0]?.json.error).toBe('temporarily_unavailable')
    } finally {
      await own.stop()
    }
  })

  test('one that is refused for a flood leaves nothing behind', async () => {
    const count = async () => (await server.context.db.selectFrom('clients').select('id').execute()).length
    const before = await count()
    jest.spyOn(server.context.registrationLimit, 'count').mockResolvedValue(17)
    expect((await register({ redirect_uris: [CALLBACK] })).status).toBe(429)
    expect(await count()).toBe(before)
  })

  test.each([
    [
      'nobody said that there is a proxy, so what it says is not believed',
      '',
      /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/,
    ],
    ['one proxy is in front: the last address counts, which it wrote itself', '1', /^203\.0\.113\.7$/],
    ['the proxies are known by their address', '127.0.0.1,::1', /^203\.0\.113\.7$/],
    ['another proxy was meant', '192.0.2.1', /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/],
  ])('whose flood it is, behind a proxy: %s (RFC 9700 §4.13)', async (_name, TRUST_PROXY, address) => {
    const own = await startAuthServer({ TRUST_PROXY })
    try {
      const count = jest.spyOn(own.context.registrationLimit, 'count')
      const headers = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.7' }
      expect((await register({ redirect_uris: [CALLBACK] }, headers, own)).status).toBe(201)
      expect(count).toHaveBeenCalledWith(expect.stringMatching(address))
    } finally {
      await own.stop()
    }
  })

  const INITIAL = 'p0oNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3'

  test('in production whoever has the initial access token (§3)', async () => {
    const own = await startAuthServer({ ...PRODUCTION, INITIAL_ACCESS_TOKEN: INITIAL })
    try {
      const metadata = { redirect_uris: [CALLBACK] }
      const bare = await register(metadata, {}, own)
      expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, CHALLENGE])
      const wrong = await register(metadata, bearer('wrong'), own)
      expect(wrong.json.error).toBe('invalid_token')
      expect(wrong.headers.get('www-authenticate')).toBe(`${CHALLENGE}, error="invalid_token"`)
      const basic = await register(metadata, { Authorization: `Basic ${INITIAL}` }, own)
      expect([basic.status, basic.headers.get('www-authenticate')]).toEqual([401, CHALLENGE])
      expect((await register(metadata, bearer(INITIAL), own)).status).toBe(201)
    } finally {
      await own.stop()
    }
  })

  test('in production without one nobody, and the metadata says so (RFC 8414 §2)', async () => {
    const own = await startAuthServer(PRODUCTION)
    try {
      const answer = await register({ redirect_uris: [CALLBACK] }, bearer('anything'), own)
      expect([answer.status, answer.json.error]).toEqual([403, 'access_denied'])
      const response = await fetch(`${own.url}/.well-known/oauth-authorization-server`)
      expect(await response.json()).not.toHaveProperty('registration_endpoint')
    } finally {
      await own.stop()
    }
  })

  test('an initial access token that is easy to guess does not start', () => {
    const secrets = { ...PRODUCTION, INITIAL_ACCESS_TOKEN: 'secret' }
    expect(() => readConfig(secrets)).toThrow('INITIAL_ACCESS_TOKEN')
    // RFC 6750 §2.1: it could never be sent.
    const unsendable = { ...PRODUCTION, INITIAL_ACCESS_TOKEN: `${INITIAL} with a space` }
    expect(() => readConfig(unsendable)).toThrow('INITIAL_ACCESS_TOKEN has a character')
  })
})
