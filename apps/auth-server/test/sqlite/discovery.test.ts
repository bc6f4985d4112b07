import { readConfig } from '../../src/config'
import { startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

describe('metadata (RFC 8414)', () => {
  test('contains the exact issuer, and only endpoints that exist', async () => {
    const response = await fetch(`${server.url}/.well-known/oauth-authorization-server`)
    const metadata = (await response.json()) as Record<string, unknown>
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(metadata).toMatchObject({
      issuer: server.url,
      authorization_endpoint: `${server.url}/authorize`,
      token_endpoint: `${server.url}/token`,
      revocation_endpoint: `${server.url}/revoke`,
      introspection_endpoint: `${server.url}/introspect`,
      registration_endpoint: `${server.url}/register`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      jwks_uri: `${server.url}/jwks`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: ['calendar.read', 'calendar.write'],
      protected_resources: ['http://localhost:4002'],
    })
    const endpoints = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name))
    for (const [, url] of endpoints) expect((await fetch(String(url))).status).not.toBe(404)
  })
})

test.each([
  'accounts.example',
  'https://accounts.example/path',
  'https://accounts.example?a=1',
  'https://accounts.example#a',
])('the server does not start with the issuer %s (RFC 8414 §2)', issuer =>
  expect(() => readConfig({ AUTH_SERVER_URL: issuer })).toThrow('AUTH_SERVER_URL'),
)

test('metadata is JSON, and omits members without a value (RFC 8414 §3.2)', async () => {
  const response = await fetch(`${server.url}/.well-known/oauth-authorization-server`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  for (const value of Object.values((await response.json()) as object)) {
    expect(value).not.toBeNull()
    expect(value).not.toEqual([])
  }
})

test('the keys are public, and each has its own kid and use (RFC 8414 §2, RFC 7517)', async () => {
  const { keys } = (await (await fetch(`${server.url}/jwks`)).json()) as { keys: Record<string, string>[] }
  for (const key of keys) {
    expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret)
  }
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
})

test('over https, browsers are told to use only https (RFC 6797)', async () => {
  const own = await startAuthServer({ AUTH_SERVER_URL: 'https://accounts.example' })
  try {
    const response = await fetch(`${own.url}/login`)
    expect(response.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  } finally {
    await own.stop()
  }
})

test.each(['/jwks', '/.well-known/oauth-authorization-server'])('%s can only be read', async path => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const response = await fetch(server.url + path, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  }
})

test.each(['/authorize', '/login', '/consent', '/account', '/developer', '/'])(
  '%s answers 405 to methods that browsers do not need (RFC 9110 §15.5.6)',
  async path => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(server.url + path, { method, redirect: 'manual' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    }
  },
)

test('healthz answers 200', async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
})

describe('cross-origin requests', () => {
  test.each(['/token', '/revoke', '/jwks', '/.well-known/oauth-authorization-server'])(
    'pages from any origin may call %s, without credentials',
    async path => {
      const preflight = await fetch(`${server.url}${path}`, {
        method: 'OPTIONS',
        headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
      })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
      expect(preflight.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    },
  )

  test('other origins may not read pages or the authorization endpoint', async () => {
    const response = await fetch(`${server.url}/login`, { headers: { Origin: 'https://app.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})
