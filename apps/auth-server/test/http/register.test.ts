import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { readConfig } from '../../src/config'
import { hashToken } from '../../src/tokens/opaque-token'
import { bearer, CALLBACK, CHALLENGE, registrationServer } from '../registration'
import { authorizationUrl, authorize, PRODUCTION, postForm, refresh, startAuthServer } from '../support'

const { its, register, registered, tokensOf, consentPageFor } = registrationServer()
const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n more of it', 'latin1').toString('base64')}`

describe('registration (RFC 7591 §3)', () => {
  test('answers 201 with the issued credentials and all registered metadata, including defaults (§3.2.1)', async () => {
    const answer = await register({ redirect_uris: [CALLBACK] })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.json).toEqual({
      client_id: expect.stringMatching(/^app_[0-9a-f]{24}$/),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      registration_client_uri: `${its.server.url}/register/${answer.json.client_id}`,
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

  test('a key with a member that is nested too deeply is refused with 400 (§3.2.2)', async () => {
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const answer = await fetch(`${its.server.url}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"redirect_uris":["${CALLBACK}"],"jwks":{"keys":[{"kty":"X","a":${nested}}]}}`,
    })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: 'invalid_client_metadata', error_description: 'the body is nested more than 100 levels deep' },
    ])
  })

  test('returns every member that it knows, and ignores the others (§2)', async () => {
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

  test('a null member counts as omitted (RFC 7592 §2.2)', async () => {
    expect(await registered({ scope: null, contacts: null })).toMatchObject({ scope: 'calendar.read calendar.write' })
  })

  test('the secret and the registration token are stored only as hashes', async () => {
    const client = await registered()
    const rows = JSON.stringify(await its.server.context.db.selectFrom('clients').selectAll().execute())
    expect(rows).not.toContain(client.client_secret)
    expect(rows).not.toContain(client.registration_access_token)
    expect(rows).toContain(hashToken(client.registration_access_token))
  })

  test('pages from any origin may register an app, because no cookie is involved (CORS)', async () => {
    const preflight = await fetch(`${its.server.url}/register`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('the registered metadata takes effect', () => {
  test('a confidential client can complete the flow, sending its secret either way', async () => {
    const client = await registered({ grant_types: ['authorization_code', 'refresh_token'] })
    const first = await tokensOf(client)
    expect(first.status).toBe(200)
    const { client_id, client_secret } = client
    const next = await refresh(its.server, first.json.refresh_token, { client_id, client_secret })
    expect(next.status).toBe(200)
  })

  test('grant_types: no refresh token unless refresh_token is registered', async () => {
    const answer = await tokensOf(await registered())
    expect(answer.status).toBe(200)
    expect(answer.json).not.toHaveProperty('refresh_token')
  })

  test('grant_types: client_credentials alone requires no redirect URI, and response_types is empty', async () => {
    const { json } = await register({ grant_types: ['client_credentials'] })
    expect(json).toMatchObject({ redirect_uris: [], response_types: [] })
    const { client_id, client_secret } = json
    const answer = await postForm(its.server, '/token', { grant_type: 'client_credentials', client_id, client_secret })
    expect(answer.status).toBe(200)
  })

  test('token_endpoint_auth_method none: a public client has no secret, and must use PKCE (RFC 9700 §2.1.1)', async () => {
    const client = await registered({ token_endpoint_auth_method: 'none', require_pkce: false })
    expect(client).not.toHaveProperty('client_secret')
    expect(client).not.toHaveProperty('client_secret_expires_at')
    expect(client.require_pkce).toBe(true)
    expect((await tokensOf(client)).status).toBe(200)
    const without = await authorize(its.server, { client_id: client.client_id, redirect_uri: CALLBACK })
    expect(without.searchParams.get('error')).toBe('invalid_request')
  })

  test('application_type native: with or without a secret, the client must use PKCE (RFC 8252 §8.1, §8.5)', async () => {
    const client = await registered({ application_type: 'native', redirect_uris: ['http://127.0.0.1/cb'] })
    expect(client).toMatchObject({ client_secret: expect.any(String), require_pkce: true })
    const url = authorizationUrl(its.server, { client_id: client.client_id, redirect_uri: 'http://127.0.0.1:5005/cb' })
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.headers.get('location')).toContain(
      'error=invalid_request&error_description=code_challenge+is+missing',
    )
  })

  test('require_pkce: a confidential client that registers it must use PKCE', async () => {
    const { client_id } = await registered({ require_pkce: true })
    const location = await authorize(its.server, { client_id, redirect_uri: CALLBACK })
    expect(location.searchParams.get('error')).toBe('invalid_request')
  })

  test('scope: the client cannot request more', async () => {
    const { client_id } = await registered({ scope: 'calendar.read' })
    const location = await authorize(its.server, { client_id, redirect_uri: CALLBACK, scope: 'calendar.write' })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
  })
})

describe('the consent page of an app that has not been checked (RFC 7591 §5)', () => {
  test('says so, and escapes the app’s name', async () => {
    const page = await consentPageFor(await registered({ client_name: '<b onclick="x">Tripmate</b>' }))
    expect(page.body).toContain('we have not checked who is behind it')
    expect(page.body).toContain('&lt;b onclick=&#34;x&#34;&gt;Tripmate')
    expect(page.body).not.toContain('<b onclick')
  })

  test('shows a logo that was sent as a valid data: URL', async () => {
    expect((await consentPageFor(await registered({ logo_uri: PNG }))).body).toContain(
      `src="${PNG.replaceAll('+', '&#43;')}`.slice(0, 40),
    )
  })

  test('never loads a logo from another host, and does not link to one', async () => {
    const client = await registered({ logo_uri: 'https://evil.example/x.png', client_uri: 'https://evil.example/' })
    const browser = new TestBrowser()
    const page = await consentPageFor(client, browser)
    expect(page.body).not.toContain('evil.example')
    await browser.submit(page, { decision: 'deny' })
    expect((await browser.get(page.url)).body).not.toContain('evil.example')
  })
})

describe('registering is allowed', () => {
  test('for anyone in demo mode, up to a limit (RFC 7591 §3)', async () => {
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

  test('up to the limit, and nothing is stored beyond it', async () => {
    const count = async () => (await its.server.context.db.selectFrom('clients').select('id').execute()).length
    const before = await count()
    jest.spyOn(its.server.context.registrationLimit, 'count').mockResolvedValue(17)
    expect((await register({ redirect_uris: [CALLBACK] })).status).toBe(429)
    expect(await count()).toBe(before)
  })

  test.each([
    ['none configured, so X-Forwarded-For is ignored', '', /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/],
    ['a single one, so the last address counts, which the proxy wrote itself', '1', /^203\.0\.113\.7$/],
    ['proxies listed by address', '127.0.0.1,::1', /^203\.0\.113\.7$/],
    ['a proxy other than the listed one', '192.0.2.1', /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/],
  ])(
    'up to a limit for each address, which depends on the trusted proxy: %s (RFC 9700 §4.13)',
    async (_name, TRUST_PROXY, address) => {
      const own = await startAuthServer({ TRUST_PROXY })
      try {
        const count = jest.spyOn(own.context.registrationLimit, 'count')
        const headers = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.7' }
        expect((await register({ redirect_uris: [CALLBACK] }, headers, own)).status).toBe(201)
        expect(count).toHaveBeenCalledWith(expect.stringMatching(address))
      } finally {
        await own.stop()
      }
    },
  )

  const INITIAL = 'p0oNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3'

  test('in production, only with the initial access token (§3)', async () => {
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

  test('in production, for nobody without an initial access token, as the metadata shows (RFC 8414 §2)', async () => {
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

  test('the server does not start with an initial access token that is easy to guess or cannot be sent', () => {
    const secrets = { ...PRODUCTION, INITIAL_ACCESS_TOKEN: 'secret' }
    expect(() => readConfig(secrets)).toThrow('INITIAL_ACCESS_TOKEN')
    // RFC 6750 §2.1: a token with a space could never be sent.
    const unsendable = { ...PRODUCTION, INITIAL_ACCESS_TOKEN: `${INITIAL} with a space` }
    expect(() => readConfig(unsendable)).toThrow('INITIAL_ACCESS_TOKEN contains a character')
  })
})
