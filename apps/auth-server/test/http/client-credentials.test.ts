import { addClient, basic, claimsOf, postForm, refresh, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  const robot = {
    redirectUris: [],
    scope: ['calendar.read' as const],
    grantTypes: ['client_credentials' as const],
  }
  await addClient(server, { ...robot, id: 'robot', secret: 'robot-secret' })
  await addClient(server, { ...robot, id: 'public-robot' })
})
afterAll(() => server.stop())

const ask = (changes: Record<string, string | undefined> = {}, headers: Record<string, string> = {}) =>
  postForm(
    server,
    '/token',
    { grant_type: 'client_credentials', client_id: 'robot', client_secret: 'robot-secret', ...changes },
    headers,
  )

describe('client credentials (RFC 6749 §4.4)', () => {
  const TOO_MUCH = 'scope asks for more than this client is registered for'

  test('give an access token and no refresh token (§4.4.3)', async () => {
    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'calendar.read',
    })
  })

  test('can be sent with HTTP Basic', async () => {
    const secret = { client_id: undefined, client_secret: undefined }
    expect((await ask(secret, { Authorization: basic('robot', 'robot-secret') })).status).toBe(200)
  })

  test('give a token whose subject is the client (RFC 9068 §2.2)', async () => {
    const { claims } = claimsOf((await ask()).json.access_token)
    expect(claims).toMatchObject({ sub: 'robot', client_id: 'robot', aud: 'http://localhost:4002' })
  })

  test('are accepted only from clients that are registered for this grant', async () => {
    const answer = await ask({ client_id: 'tripmate', client_secret: 'tripmate-secret-for-tests-only-0123456789' })
    expect(answer.json).toEqual({
      error: 'unauthorized_client',
      error_description: 'this client is not registered for grant_type client_credentials',
    })
  })

  test('MUST only be used by confidential clients', async () => {
    const answer = await ask({ client_id: 'public-robot', client_secret: undefined })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      error: 'unauthorized_client',
      error_description: 'a client without a secret cannot use client_credentials',
    })
  })

  test('require the client’s secret (§4.4.2)', async () => {
    expect((await ask({ client_secret: 'wrong' })).json.error).toBe('invalid_client')
    expect((await ask({ client_secret: undefined })).json.error).toBe('invalid_client')
  })

  test('require a secret even if the configured secret is empty (§4.4.2)', async () => {
    await addClient(server, { id: 'careless', secret: '', redirectUris: [], grantTypes: ['client_credentials'] })
    for (const client_secret of [undefined, '']) {
      expect((await ask({ client_id: 'careless', client_secret })).json.error).toBe('invalid_client')
    }
  })

  test.each([
    ['calendar.write', TOO_MUCH],
    ['calendar.read calendar.write', TOO_MUCH],
    ['admin', 'scope has an unknown value; known values: calendar.read calendar.write'],
    [' ', TOO_MUCH],
  ])('cannot get the scope %p that the client is not registered for (§3.3)', async (scope, error_description) => {
    expect((await ask({ scope })).json).toEqual({ error: 'invalid_scope', error_description })
  })

  test('cannot be refreshed', async () => {
    const { access_token } = (await ask()).json
    const answer = await refresh(server, access_token, { client_id: 'robot', client_secret: 'robot-secret' })
    expect(answer.json.error).toBe('unauthorized_client')
  })
})
