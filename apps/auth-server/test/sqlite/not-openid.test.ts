import { authorize, authorizeForCode, postForm, redeem, SECRET, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

test.each(['GET', 'HEAD', 'POST'])(
  'an OpenID Connect library that requests its metadata by %s learns where the RFC 8414 metadata is',
  async method => {
    const response = await fetch(`${server.url}/.well-known/openid-configuration`, { method })
    expect(response.status).toBe(404)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    if (method === 'HEAD') return
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      error_description: `OpenID Connect is not supported, only OAuth 2.0; the metadata (RFC 8414) is at ${server.url}/.well-known/oauth-authorization-server`,
    })
  },
)

const NO_OPENID =
  'scope contains openid, but this server does not support OpenID Connect; known values: calendar.read calendar.write'

test.each(['openid', 'openid profile email', 'calendar.read openid'])(
  'scope=%s gets invalid_scope with the reason (RFC 6749 §4.1.2.1)',
  async scope => {
    const { searchParams } = await authorize(server, { scope })
    expect(searchParams.get('error')).toBe('invalid_scope')
    expect(searchParams.get('error_description')).toBe(NO_OPENID)
  },
)

test('scope=openid gets the same error at the token endpoint (RFC 6749 §5.2)', async () => {
  const { refresh_token } = (await redeem(server, await authorizeForCode(server))).json
  const { status, json } = await postForm(server, '/token', {
    grant_type: 'refresh_token',
    refresh_token,
    scope: 'openid',
    client_id: 'tripmate',
    client_secret: SECRET,
  })
  expect([status, json]).toEqual([400, { error: 'invalid_scope', error_description: NO_OPENID }])
})
