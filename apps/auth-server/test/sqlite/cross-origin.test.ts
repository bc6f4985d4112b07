import { ADMITTED, EXPOSED, preflight } from '@glasshouse/shared/testing/preflight'
import { startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

describe('pages from any origin may call these endpoints, without credentials (CORS)', () => {
  test.each([
    ['/.well-known/oauth-authorization-server', 'GET'],
    ['/.well-known/openid-configuration', 'GET'],
    ['/jwks', 'GET'],
    ['/token', 'POST'],
    ['/revoke', 'POST'],
    ['/register', 'POST'],
    ['/register/app_1', 'PUT'],
  ])(
    '%s by %s: the preflight allows the headers of OAuth, of conditional requests and of MCP',
    async (path, method) => {
      const { status, allowed, cors } = await preflight(server.url + path, method, ADMITTED)
      expect(status).toBe(204)
      expect(allowed.methods).toContain(method)
      expect(allowed.headers).toEqual(ADMITTED)
      expect(cors).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': EXPOSED.join(', '),
        'access-control-max-age': '600',
      })
      expect(cors).not.toHaveProperty('access-control-allow-credentials')
    },
  )

  test('a refusal and its WWW-Authenticate header can be read too', async () => {
    const headers = { Origin: 'https://app.example', Authorization: 'Basic YTpi' }
    const { status, headers: sent } = await fetch(`${server.url}/token`, { method: 'POST', headers })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(sent.get('access-control-allow-origin')).toBe('*')
    expect(sent.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  })
})
