import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  addOtherClients,
  authorizeForCode,
  basic,
  type JsonAnswer,
  postForm,
  redeem,
  refresh,
  SECRET,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  await addOtherClients(server)
})
afterAll(() => server.stop())

describe('client authentication (RFC 6749 §2.3, §3.2.1)', () => {
  const FAILED = 'client authentication failed: unknown client, or wrong or missing secret'
  const NO_BASIC = 'the Authorization header is not HTTP Basic with id and secret'

  test('by HTTP Basic', async () => {
    const code = await authorizeForCode(server)
    const headers = { Authorization: basic('tripmate', SECRET) }
    expect((await redeem(server, code, { client_id: undefined, client_secret: undefined }, headers)).status).toBe(200)
  })

  test('by HTTP Basic with client_id in the body as well', async () => {
    const code = await authorizeForCode(server)
    const headers = { Authorization: basic('tripmate', SECRET) }
    expect((await redeem(server, code, { client_secret: undefined }, headers)).status).toBe(200)
  })

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, {}, 401, 'invalid_client', FAILED],
    ['a missing secret of a confidential client', { client_secret: undefined }, {}, 401, 'invalid_client', FAILED],
    ['an unknown client', { client_id: 'nobody' }, {}, 401, 'invalid_client', FAILED],
    [
      'a missing client id',
      { client_id: undefined, client_secret: undefined },
      {},
      401,
      'invalid_client',
      'client authentication is missing: send client_id and client_secret, or use HTTP Basic',
    ],
    [
      'a wrong secret in HTTP Basic',
      { client_id: undefined, client_secret: undefined },
      { Authorization: basic('tripmate', 'wrong') },
      401,
      'invalid_client',
      FAILED,
    ],
    [
      'a malformed Basic header',
      { client_id: undefined, client_secret: undefined },
      { Authorization: 'Basic !!!' },
      401,
      'invalid_client',
      NO_BASIC,
    ],
    [
      'an unknown scheme',
      { client_id: undefined, client_secret: undefined },
      { Authorization: 'Bearer x' },
      401,
      'invalid_client',
      NO_BASIC,
    ],
    [
      'a request with both methods',
      {},
      { Authorization: basic('tripmate', SECRET) },
      400,
      'invalid_request',
      'client_secret was sent twice, in the header and in the body; use one',
    ],
    [
      'a request with two different client ids',
      { client_id: 'other', client_secret: undefined },
      { Authorization: basic('tripmate', SECRET) },
      400,
      'invalid_request',
      'client_id differs from the one in the Authorization header',
    ],
    ['a secret from a public client', { client_id: 'public', client_secret: 'x' }, {}, 401, 'invalid_client', FAILED],
  ])('%s is refused', async (_name, changes, headers, status, error, error_description) => {
    const answer = await redeem(server, 'a-code', changes, headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error, error_description })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  test.each(['/token', '/revoke', '/introspect', '/register/app_x'])(
    'two Authorization headers are refused at %s (§5.2)',
    async path => {
      const Authorization = [basic('tripmate', SECRET), basic('tripmate', 'wrong')]
      const headers = { Authorization, 'Content-Type': 'application/x-www-form-urlencoded' }
      const method = path.startsWith('/register') ? 'GET' : 'POST'
      const sent = request(server.url + path, { method, headers, agent: false }).end(method === 'POST' ? 'token=x' : '')
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      expect(response.statusCode).toBe(400)
      expect(JSON.parse(await text(response))).toMatchObject({ error: 'invalid_request' })
    },
  )

  test('credentials in the query are ignored (§2.3.1)', async () => {
    const query = new URLSearchParams({ client_id: 'tripmate', client_secret: SECRET })
    const answer = await postForm(server, `/token?${query}`, { grant_type: 'authorization_code', code: 'x' })
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client'])
  })

  test.each([{ client_secret: 'wrong' }, { client_secret: undefined }])(
    'a refresh requires client authentication too: %j (§6)',
    async sent => {
      const { refresh_token } = await tokens(server)
      expect((await refresh(server, refresh_token, sent)).json.error).toBe('invalid_client')
      expect((await refresh(server, refresh_token)).status).toBe(200)
    },
  )

  test('an unknown client and a wrong secret get the same answer', async () => {
    const [unknown, wrong] = await Promise.all([
      redeem(server, 'c', { client_id: 'nobody' }),
      redeem(server, 'c', { client_secret: 'wrong' }),
    ])
    const told = ({ status, headers, json }: JsonAnswer) => [status, headers.get('www-authenticate'), json]
    expect(told(unknown)).toEqual(told(wrong))
    expect(told(unknown)).toMatchObject([401, expect.any(String), { error: 'invalid_client' }])
  })
})
