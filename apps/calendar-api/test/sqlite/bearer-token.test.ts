import { createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { createKey, type FakeKey, jws, type TokenChanges } from '../fake-auth-server'
import { type Answer, callerOf, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const events = () => `${api.url}/calendar/events`
const listWith = (authorization: string) => send(events(), 'GET', { headers: { Authorization: authorization } })
const listBy = (changes: TokenChanges = {}) => listWith(`Bearer ${api.token('usr_2f8c1a', changes)}`)
const metadata = () => `resource_metadata="${api.url}/.well-known/oauth-protected-resource/calendar/events"`

function expectInvalidToken(answer: Answer, why: string) {
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer error="invalid_token", error_description="The access token was rejected. ${why}", ${metadata()}`,
  )
  expect(answer.headers.get('content-type')).toMatch('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.json).toMatchObject({ status: 401, title: 'Unauthorized' })
}

test('a good token is accepted; the scheme is case-insensitive (RFC 9110 §11.1)', async () => {
  const token = api.token('usr_2f8c1a')
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer '])
    expect((await listWith(`${scheme} ${token}`)).status).toBe(200)
})

describe('where the token is read from (RFC 6750 §2)', () => {
  test('no token: a challenge with the metadata address and without an error code (§3.1, RFC 9728 §5.1)', async () => {
    const answer = await send(events())
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${metadata()}`)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
  })

  test.each(['Basic dXNlcjpwYXNz', 'Bearerx abc', 'DPoP abc', 'xBearer abc', 'Basic Bearer abc'])(
    '%p is not a bearer token',
    async authorization => {
      expect((await listWith(authorization)).headers.get('www-authenticate')).toBe(`Bearer ${metadata()}`)
    },
  )

  test.each(['Bearer', 'Bearer a b', 'Bearer Bearer a', 'Bearer a,b', 'Bearer "a"', 'Bearer =a', 'Bearer\ta'])(
    '%p is malformed: 400 invalid_request (§3.1)',
    async authorization => {
      const answer = await listWith(authorization)
      expect(answer.status).toBe(authorization === 'Bearer\ta' ? 401 : 400)
      if (answer.status === 400) {
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_request", error_description="/)
      }
    },
  )

  test('a token in the query is ignored (§2.3)', async () => {
    const answer = await send(`${events()}?access_token=${api.token('usr_2f8c1a')}`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${metadata()}`)
  })

  test('a token in a form is ignored (§2.2)', async () => {
    const body = new URLSearchParams({ access_token: api.token('usr_2f8c1a') })
    expect((await send(events(), 'POST', { body })).status).toBe(401)
  })

  test('a token in the header and another in the query: 400 invalid_request (§2, §3.1)', async () => {
    const token = api.token('usr_2f8c1a')
    const answer = await send(`${events()}?access_token=${token}`, 'GET', {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('www-authenticate')).toMatch('error="invalid_request"')
  })

  test('two Authorization headers: 400 invalid_request (§3.1)', async () => {
    const authorization = `Bearer ${api.token('usr_2f8c1a')}`
    const status = await new Promise(resolve => {
      const request = httpRequest(events(), response => resolve(response.resume().statusCode))
      request.setHeader('Authorization', [authorization, authorization]).end()
    })
    expect(status).toBe(400)
  })

  test('another header whose value is "authorization" is not a second token', async () => {
    const answer = await send(events(), 'GET', {
      headers: { Authorization: `Bearer ${api.token('usr_2f8c1a')}`, 'X-Asks-For': 'authorization' },
    })
    expect(answer.status).toBe(200)
  })
})

describe('the checks of a token (RFC 9068 §4)', () => {
  test.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('typ %p is an access token', async typ => {
    expect((await listBy({ header: { typ } })).status).toBe(200)
  })
  test.each(['JWT', undefined, 'id+jwt', 'at+jwtx', 'xat+jwt', 'x/application/at+jwt', 7])(
    'typ %p is not an access token',
    async typ => {
      expectInvalidToken(await listBy({ header: { typ } }), 'It is not an access token: its typ is not at+jwt.')
    },
  )

  test('alg "none" is refused, with or without a signature (RFC 8725 §3.2)', async () => {
    const good = api.token('usr_2f8c1a', { header: { alg: 'none' } })
    const unsigned = good.replace(/[^.]*$/, '')
    const why = 'Its signing algorithm is not accepted.'
    expectInvalidToken(await listWith(`Bearer ${good}`), why)
    expectInvalidToken(await listWith(`Bearer ${unsigned}`), why)
  })

  test('HS256 with the public key as the secret is refused (RFC 8725 §2.1)', async () => {
    const key = api.authServer.keys[0] as FakeKey
    const [header, payload] = jws(
      { typ: 'at+jwt', alg: 'HS256', kid: key.kid },
      { iss: api.authServer.url, sub: 'usr_2f8c1a', aud: api.url, exp: Date.now() / 1000 + 60 },
      key,
    ).split('.')
    for (const format of ['pem', 'der'] as const) {
      const secret = key.publicKey.export({ format: format as 'pem', type: 'spki' })
      const mac = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')
      const answer = await listWith(`Bearer ${header}.${payload}.${mac}`)
      expectInvalidToken(answer, 'Its signing algorithm is not accepted.')
    }
  })

  test('an algorithm that does not match the key is refused (RFC 8725 §3.1)', async () => {
    expectInvalidToken(await listBy({ header: { alg: 'RS256' } }), 'Its algorithm does not match its key.')
  })

  test('an unknown critical extension is refused (RFC 7515 §4.1.11)', async () => {
    const answer = await listBy({ header: { crit: ['b64'], b64: true } })
    expectInvalidToken(answer, 'It requires an extension that this API does not support.')
  })

  test('a key that is not the authorization server’s is refused, even with a known kid', async () => {
    const stranger = createKey()
    const why = 'It was not signed with a key of the authorization server.'
    expectInvalidToken(await listBy({ key: stranger }), why)
    expectInvalidToken(await listBy({ header: { kid: undefined } }), why)
    expectInvalidToken(await listBy({ header: { kid: 7 } }), why)
    expectInvalidToken(
      await listBy({ key: { ...stranger, kid: api.authServer.keys[0]?.kid ?? '' } }),
      'Its signature is not valid.',
    )
  })

  test('a key inside the token is ignored (RFC 8725 §3.10)', async () => {
    const stranger = createKey()
    const jwk = stranger.publicKey.export({ format: 'jwk' })
    const header = { kid: api.authServer.keys[0]?.kid, jwk, jku: `${api.url}/jwks` }
    expectInvalidToken(await listBy({ key: stranger, header }), 'Its signature is not valid.')
  })

  test('a modified token is refused', async () => {
    const [header, , signature] = api.token('usr_2f8c1a').split('.')
    const [, payload] = api.token('usr_9d04e7').split('.')
    expectInvalidToken(await listWith(`Bearer ${header}.${payload}.${signature}`), 'Its signature is not valid.')
  })

  test.each([
    ['abc', 'a.b', 'a.b.c', '-._~+/=='],
    // The header is null, a number or text.
    ['bnVsbA.e30.AA', 'Nw.e30.AA', 'ImF0K2p3dCI.e30.AA'],
    // The payload is not JSON, with typ JWT.
    ['eyJ0eXAiOiJKV1QifQ.bm8gSlNPTg.AA'],
  ])('%p is not a signed JWT', async (...malformed) => {
    for (const token of malformed) expectInvalidToken(await listWith(`Bearer ${token}`), 'It is not a signed JWT.')
  })

  test.each(['https://accounts.example', undefined, 7])('iss %p is another authorization server', async iss => {
    expectInvalidToken(await listBy({ claims: { iss } }), 'It was issued by another authorization server.')
  })
  test('iss is compared exactly', async () => {
    const answer = await listBy({ claims: { iss: `${api.authServer.url}/` } })
    expectInvalidToken(answer, 'It was issued by another authorization server.')
  })

  test('aud may contain this API and others (RFC 7519 §4.1.3)', async () => {
    expect((await listBy({ claims: { aud: ['https://mail.example', api.url] } })).status).toBe(200)
  })
  test.each(['https://mail.example', ['https://mail.example'], [], undefined, {}])(
    'aud %p is another API',
    async aud => {
      expectInvalidToken(await listBy({ claims: { aud } }), 'It was issued for another API.')
    },
  )
  test('aud is compared exactly', async () => {
    expectInvalidToken(await listBy({ claims: { aud: `${api.url}/calendar` } }), 'It was issued for another API.')
  })

  test.each(['sub', 'client_id', 'jti', 'iat', 'exp'])('a token without %p is refused (§2.2)', async name => {
    expectInvalidToken(
      await listBy({ claims: { [name]: undefined } }),
      'A required claim is missing or has the wrong type.',
    )
    expectInvalidToken(await listBy({ claims: { [name]: '' } }), 'A required claim is missing or has the wrong type.')
  })
  test('a claim of the wrong type is treated as missing', async () => {
    expectInvalidToken(
      await listBy({ claims: { exp: '9999999999' } }),
      'A required claim is missing or has the wrong type.',
    )
    expectInvalidToken(
      await listBy({ claims: { sub: ['usr_2f8c1a'] } }),
      'A required claim is missing or has the wrong type.',
    )
  })
})

describe('what a token allows', () => {
  const write = (token: string) => callerOf(api, token)('POST', '', { body: '{}' })

  test('without the scope: 403 insufficient_scope, with the scope that is needed (RFC 6750 §3.1)', async () => {
    const answer = await write(api.token(newOwner(), { claims: { scope: 'calendar.read' } }))
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", error_description="This request needs the scope calendar.write, which the access token does not have.", ' +
        `scope="calendar.write", ${metadata()}`,
    )
    expect((await listBy({ claims: { scope: 'calendar.write' } })).headers.get('www-authenticate')).toMatch(
      'scope="calendar.read"',
    )
  })

  test.each([undefined, '', 'calendar.read.all', 'Calendar.read', 'xcalendar.read', ['calendar.read']])(
    'scope %p allows nothing (RFC 6749 §3.3)',
    async scope => expect((await listBy({ claims: { scope } })).status).toBe(403),
  )

  test('routes that change something need calendar.write, all others need calendar.read', async () => {
    const reader = callerOf(api, api.token(newOwner(), { claims: { scope: 'calendar.read' } }))
    const writer = callerOf(api, api.token(newOwner(), { claims: { scope: 'calendar.write' } }))
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', '/abcdef'],
      ['PATCH', '/abcdef'],
      ['DELETE', '/abcdef'],
    ] as const) {
      expect((await reader(method, path)).status).toBe(403)
      expect((await writer(method, path)).status).not.toBe(403)
    }
    for (const path of ['', '/abcdef']) {
      expect((await writer('GET', path)).status).toBe(403)
      expect((await reader('GET', path)).status).not.toBe(403)
    }
  })

  test('a token that an app got for itself belongs to no user: 403 (RFC 6749 §4.4, RFC 9068 §2.2)', async () => {
    const answer = await listBy({ claims: { sub: 'robot', client_id: 'robot' } })
    expect(answer.status).toBe(403)
    const challenge = answer.headers.get('www-authenticate')
    const why =
      'An event belongs to a user, but this access token was issued to an app for itself (client_credentials). ' +
      'Get one that a user has approved (authorization_code).'
    // It names no scope, because no scope would help.
    expect(challenge).toBe(`Bearer error="insufficient_scope", error_description="${why}", ${metadata()}`)
    expect(answer.json.detail).toBe(why)
  })

  test.each(['POST', 'PUT', 'PATCH'])('%s checks this before it reads the body', async method => {
    const token = api.token('robot', { claims: { client_id: 'robot' } })
    const answer = await callerOf(api, token)(method, method === 'POST' ? '' : '/abcde', { body: {} })
    expect([answer.status, answer.json.detail]).toEqual([403, expect.stringContaining('client_credentials')])
  })
})
