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
  test('tells the resource server it is meant for what it says (§2.2)', async () => {
    const { access_token } = await tokens(server)
    const answer = await introspect(access_token, 'calendar')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.json).toEqual({ active: true, token_type: 'Bearer', ...claimsOf(access_token).claims })
  })

  test('tells the client it was issued to the same', async () => {
    const { access_token } = await tokens(server)
    expect((await introspect(access_token, 'tripmate')).json).toMatchObject({ active: true, client_id: 'tripmate' })
  })

  test('tells another client, and a resource server it is not meant for, nothing (§4)', async () => {
    const { access_token } = await tokens(server)
    expect((await introspect(access_token, 'other')).json).toEqual(INACTIVE)
    expect((await introspect(access_token, 'photos')).json).toEqual(INACTIVE)
  })

  test('of one that is meant for two resource servers tells both (RFC 8707 §2)', async () => {
    const code = await authorizeForCode(server, { resource: PHOTOS }, '&resource=http%3A%2F%2Flocalhost%3A4002')
    const { access_token } = (await redeem(server, code)).json
    expect((await introspect(access_token, 'photos')).json.active).toBe(true)
    expect((await introspect(access_token, 'calendar')).json.active).toBe(true)
  })

  test.each(['refresh_token', 'access_token', 'nonsense'])('takes %s for a hint and no more (§2.1)', async hint => {
    const { access_token, refresh_token } = await tokens(server)
    expect((await introspect(access_token, 'calendar', { token_type_hint: hint })).json.active).toBe(true)
    expect((await introspect(refresh_token, 'tripmate', { token_type_hint: hint })).json.active).toBe(true)
  })

  test('an expired one is inactive (§4)', async () => {
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

  test('a revoked one is inactive, and the next one of its family is not (§4)', async () => {
    const { access_token, refresh_token } = await tokens(server)
    await postForm(server, '/revoke', { token: access_token }, { Authorization: askers.tripmate })
    expect((await introspect(access_token, 'calendar')).json).toEqual(INACTIVE)
    const next = (await refresh(server, refresh_token)).json
    expect((await introspect(next.access_token, 'calendar')).json.active).toBe(true)
  })

  test('one whose whole family was ended is inactive', async () => {
    const { access_token, refresh_token } = await tokens(server)
    await postForm(server, '/revoke', { token: refresh_token }, { Authorization: askers.tripmate })
    expect((await introspect(access_token, 'calendar')).json).toEqual(INACTIVE)
  })

  test('a forged one is inactive (§4)', async () => {
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

  test('another JWT that the server’s key has signed is inactive (RFC 9068 §5)', async () => {
    const { claims } = claimsOf((await tokens(server)).access_token)
    const { algorithm, kid, privateKey } = await server.context.keys.current()
    const signed = (typ: string) => jwt.sign(claims, privateKey, { algorithm, header: { alg: algorithm, typ, kid } })
    expect((await introspect(signed('at+jwt'), 'calendar')).json.active).toBe(true)
    for (const typ of ['JWT', 'logout+jwt', '']) {
      expect((await introspect(signed(typ), 'calendar')).json).toEqual(INACTIVE)
    }
  })

  test('what only looks like a JWT is inactive, whatever is in its parts (§2.2)', async () => {
    const encode = (text: string) => Buffer.from(text).toString('base64url')
    const { kid } = await server.context.keys.current()
    for (const typ of ['JWT', 'at+jwt']) {
      const token = `${encode(JSON.stringify({ typ, alg: 'ES256', kid }))}.${encode('no JSON')}.AAAA`
      const answer = await introspect(token, 'calendar')
      expect([answer.status, answer.json]).toEqual([200, INACTIVE])
    }
  })
})

describe('introspection of a refresh token (RFC 7662)', () => {
  test('tells the client it was issued to', async () => {
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

  test('tells no other client, and no resource server', async () => {
    const { refresh_token } = await tokens(server)
    expect((await introspect(refresh_token, 'other')).json).toEqual(INACTIVE)
    expect((await introspect(refresh_token, 'calendar')).json).toEqual(INACTIVE)
  })

  test('a replaced one is inactive, and to ask about it is no replay', async () => {
    const { refresh_token } = await tokens(server)
    const next = (await refresh(server, refresh_token)).json
    expect((await introspect(refresh_token, 'tripmate')).json).toEqual(INACTIVE)
    expect((await refresh(server, next.refresh_token)).status).toBe(200)
  })

  test('one whose access was withdrawn is inactive', async () => {
    const { refresh_token } = await tokens(server)
    await withdrawConsent(server.context, 'usr_2f8c1a', 'tripmate')
    expect((await introspect(refresh_token, 'tripmate')).json).toEqual(INACTIVE)
  })

  test('an expired one is inactive', async () => {
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

describe('who may introspect (RFC 7662 §2.1)', () => {
  test.each([
    ['nobody', {}],
    ['somebody with a wrong secret', { client_id: 'calendar-api', client_secret: 'wrong' }],
    ['a client that has no secret to show', { client_id: 'public' }],
  ])('%s is refused with 401 and a challenge (§2.3)', async (_name, credentials) => {
    const answer = await postForm(server, '/introspect', { token: 'x', ...credentials })
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client'])
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  test('a secret in the body is as good as one in the header', async () => {
    const credentials = { client_id: 'calendar-api', client_secret: API_SECRET }
    expect((await postForm(server, '/introspect', { token: 'x', ...credentials })).json).toEqual(INACTIVE)
  })

  test('token is REQUIRED', async () => {
    const answer = await postForm(server, '/introspect', {}, { Authorization: askers.calendar })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request'])
  })

  test('GET is not allowed: a token does not belong in a URL', async () => {
    const response = await fetch(`${server.url}/introspect?token=x`, { headers: { Authorization: askers.calendar } })
    expect(response.status).toBe(405)
  })
})
