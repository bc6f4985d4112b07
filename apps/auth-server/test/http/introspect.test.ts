import jwt from 'jsonwebtoken'
import { withdrawConsent } from '../../src/tokens/withdrawal'
import {
  API_SECRET,
  addClient,
  authorizeForCode,
  basic,
  claimsOf,
  postForm,
  redeem,
  refresh,
  SECRET,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

const PHOTOS = 'https://photos.example'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  await addClient(server, { id: 'photos', secret: 'photos-secret', redirectUris: [], grantTypes: [], resource: PHOTOS })
  await addClient(server, { id: 'other', secret: 'other-secret' })
  await addClient(server, { id: 'public' })
})
afterAll(() => server.stop())

const askers = {
  calendar: basic('calendar-api', API_SECRET),
  photos: basic('photos', 'photos-secret'),
  tripmate: basic('tripmate', SECRET),
  other: basic('other', 'other-secret'),
}

const introspect = (token: string, asker: keyof typeof askers, fields: Record<string, string> = {}, on = server) =>
  postForm(on, '/introspect', { token, ...fields }, { Authorization: askers[asker] })

const INACTIVE = { active: false }

describe('introspection of an access token (RFC 7662)', () => {
  test('tells the token’s resource server what the token says (§2.2)', async () => {
    const { access_token } = await tokens(server)
    const answer = await introspect(access_token, 'calendar')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.json).toEqual({ active: true, token_type: 'Bearer', ...claimsOf(access_token).claims })
  })

  test('tells the token’s client the same', async () => {
    const { access_token } = await tokens(server)
    expect((await introspect(access_token, 'tripmate')).json).toMatchObject({ active: true, client_id: 'tripmate' })
  })

  test('tells other clients and other resource servers nothing (§4)', async () => {
    const { access_token } = await tokens(server)
    expect((await introspect(access_token, 'other')).json).toEqual(INACTIVE)
    expect((await introspect(access_token, 'photos')).json).toEqual(INACTIVE)
  })

  test('of a token for two resource servers tells both (RFC 8707 §2)', async () => {
    const code = await authorizeForCode(server, { resource: PHOTOS }, '&resource=http%3A%2F%2Flocalhost%3A4002')
    const { access_token } = (await redeem(server, code)).json
    expect((await introspect(access_token, 'photos')).json.active).toBe(true)
    expect((await introspect(access_token, 'calendar')).json.active).toBe(true)
  })

  test.each(['refresh_token', 'access_token', 'nonsense'])(
    'treats token_type_hint=%s only as a hint (§2.1)',
    async hint => {
      const { access_token, refresh_token } = await tokens(server)
      expect((await introspect(access_token, 'calendar', { token_type_hint: hint })).json.active).toBe(true)
      expect((await introspect(refresh_token, 'tripmate', { token_type_hint: hint })).json.active).toBe(true)
    },
  )

  test('an expired token is inactive (§4)', async () => {
    const own = await startAuthServer({ ACCESS_TOKEN_TTL: '100' })
    try {
      const { access_token } = await tokens(own)
      own.advance(99)
      expect((await introspect(access_token, 'calendar', {}, own)).json.active).toBe(true)
      own.advance(1)
      expect((await introspect(access_token, 'calendar', {}, own)).json).toEqual(INACTIVE)
    } finally {
      await own.stop()
    }
  })

  test('a revoked token is inactive, but the next token of its family is active (§4)', async () => {
    const { access_token, refresh_token } = await tokens(server)
    await postForm(server, '/revoke', { token: access_token }, { Authorization: askers.tripmate })
    expect((await introspect(access_token, 'calendar')).json).toEqual(INACTIVE)
    const next = (await refresh(server, refresh_token)).json
    expect((await introspect(next.access_token, 'calendar')).json.active).toBe(true)
  })

  test('a token is inactive once its whole family has ended', async () => {
    const { access_token, refresh_token } = await tokens(server)
    await postForm(server, '/revoke', { token: refresh_token }, { Authorization: askers.tripmate })
    expect((await introspect(access_token, 'calendar')).json).toEqual(INACTIVE)
  })

  test('a forged token is inactive (§4)', async () => {
    const { access_token } = await tokens(server)
    const [header, payload, signature] = access_token.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const changed = [header, encode({ ...claims, sub: 'usr_9d04e7' }), signature].join('.')
    const unsigned = [encode({ typ: 'at+jwt', alg: 'none' }), payload, ''].join('.')
    for (const token of [changed, unsigned, `${access_token}x`, 'a.b.c']) {
      expect((await introspect(token, 'calendar')).json).toEqual(INACTIVE)
    }
  })

  test('a JWT of another kind is inactive, even if the server’s key signed it (RFC 9068 §5)', async () => {
    const { claims } = claimsOf((await tokens(server)).access_token)
    const { algorithm, kid, privateKey } = await server.context.keys.current()
    const signed = (typ: string) => jwt.sign(claims, privateKey, { algorithm, header: { alg: algorithm, typ, kid } })
    expect((await introspect(signed('at+jwt'), 'calendar')).json.active).toBe(true)
    for (const typ of ['JWT', 'logout+jwt', '']) {
      expect((await introspect(signed(typ), 'calendar')).json).toEqual(INACTIVE)
    }
  })

  test('a text that only looks like a JWT is inactive, whatever its parts contain (§2.2)', async () => {
    const encode = (text: string) => Buffer.from(text).toString('base64url')
    const { kid } = await server.context.keys.current()
    for (const typ of ['JWT', 'at+jwt']) {
      const token = `${encode(JSON.stringify({ typ, alg: 'ES256', kid }))}.${encode('not JSON')}.AAAA`
      const answer = await introspect(token, 'calendar')
      expect([answer.status, answer.json]).toEqual([200, INACTIVE])
    }
  })
})

describe('introspection of a refresh token (RFC 7662)', () => {
  test('tells the token’s client what the token allows', async () => {
    const { refresh_token } = await tokens(server)
    expect((await introspect(refresh_token, 'tripmate')).json).toEqual({
      active: true,
      scope: 'calendar.read calendar.write',
      client_id: 'tripmate',
      sub: 'usr_2f8c1a',
      iss: server.url,
      iat: expect.any(Number),
      exp: expect.any(Number),
    })
  })

  test('tells other clients and resource servers nothing', async () => {
    const { refresh_token } = await tokens(server)
    expect((await introspect(refresh_token, 'other')).json).toEqual(INACTIVE)
    expect((await introspect(refresh_token, 'calendar')).json).toEqual(INACTIVE)
  })

  test('a replaced token is inactive, and introspecting it does not count as a replay', async () => {
    const { refresh_token } = await tokens(server)
    const next = (await refresh(server, refresh_token)).json
    expect((await introspect(refresh_token, 'tripmate')).json).toEqual(INACTIVE)
    expect((await refresh(server, next.refresh_token)).status).toBe(200)
  })

  test('a token is inactive once the user has withdrawn consent', async () => {
    const { refresh_token } = await tokens(server)
    await withdrawConsent(server.context, 'usr_2f8c1a', 'tripmate')
    expect((await introspect(refresh_token, 'tripmate')).json).toEqual(INACTIVE)
  })

  test('an expired refresh token is inactive', async () => {
    const own = await startAuthServer({ REFRESH_TOKEN_TTL: '100' })
    try {
      const { refresh_token } = await tokens(own)
      own.advance(101)
      expect((await introspect(refresh_token, 'tripmate', {}, own)).json).toEqual(INACTIVE)
    } finally {
      await own.stop()
    }
  })
})

describe('authentication at introspection (RFC 7662 §2.1)', () => {
  test.each([
    ['nobody', {}],
    ['a resource server with a wrong secret', { client_id: 'calendar-api', client_secret: 'wrong' }],
    ['a public client', { client_id: 'public' }],
  ])('%s is refused with 401 and a challenge (§2.3)', async (_name, credentials) => {
    const answer = await postForm(server, '/introspect', { token: 'x', ...credentials })
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client'])
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  test('a secret is accepted in the body as well as in the header', async () => {
    const credentials = { client_id: 'calendar-api', client_secret: API_SECRET }
    expect((await postForm(server, '/introspect', { token: 'x', ...credentials })).json).toEqual(INACTIVE)
  })

  test('token is REQUIRED', async () => {
    const answer = await postForm(server, '/introspect', {}, { Authorization: askers.calendar })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request'])
  })

  test('GET is not allowed, because a token must not be in a URL', async () => {
    const response = await fetch(`${server.url}/introspect?token=x`, { headers: { Authorization: askers.calendar } })
    expect(response.status).toBe(405)
  })
})
