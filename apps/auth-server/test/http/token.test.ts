import { createPublicKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import {
  addClient,
  authorize,
  authorizeForCode,
  CODE_VERIFIER,
  claimsOf,
  pkce,
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
  await addClient(server, { id: 'no-refresh' })
})
afterAll(() => server.stop())

describe('the scenario’s token request', () => {
  test('gives the scenario’s response, exactly these members', async () => {
    const answer = await redeem(server, await authorizeForCode(server))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      scope: 'calendar.read calendar.write',
    })
  })

  test('the access token is a JWT in the profile of RFC 9068, signed with a published key', async () => {
    const { access_token } = await tokens(server)
    const { header, claims } = claimsOf(access_token)
    expect(header).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) })
    expect(claims).toEqual({
      iss: server.url,
      sub: 'usr_2f8c1a',
      aud: 'http://localhost:4002',
      exp: claims.iat + 3600,
      iat: expect.any(Number),
      jti: expect.any(String),
      client_id: 'tripmate',
      scope: 'calendar.read calendar.write',
    })
    const { keys } = (await (await fetch(`${server.url}/jwks`)).json()) as { keys: Record<string, string>[] }
    const jwk = keys.find(key => key.kid === header.kid)
    expect(jwk).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' })
    expect(jwk).not.toHaveProperty('d')
    const key = createPublicKey({ key: jwk as never, format: 'jwk' })
    expect(jwt.verify(access_token, key, { algorithms: ['ES256'] })).toBeTruthy()
  })

  test('SIGNING_ALG=RS256 signs with an RSA key', async () => {
    const own = await startAuthServer({ SIGNING_ALG: 'RS256' })
    try {
      const { header } = claimsOf((await tokens(own)).access_token)
      expect(header.alg).toBe('RS256')
    } finally {
      await own.stop()
    }
  })

  test('the response contains the scope if less was granted than requested (RFC 6749 §5.1)', async () => {
    const less = { scope: 'calendar.read', decision: 'allow' }
    const location = await authorize(server, { prompt: 'consent' }, undefined, less)
    expect((await redeem(server, location.searchParams.get('code') ?? '')).json.scope).toBe('calendar.read')
  })

  test('a client that is not registered for refresh_token gets no refresh token (RFC 7591 §2)', async () => {
    const code = await authorizeForCode(server, { ...pkce, client_id: 'no-refresh' })
    const publicClient = { client_id: 'no-refresh', client_secret: undefined, code_verifier: CODE_VERIFIER }
    const answer = await redeem(server, code, publicClient)
    expect(Object.keys(answer.json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
  })

  test('an unknown parameter is ignored, and an empty parameter counts as omitted (RFC 6749 §3.2)', async () => {
    const unknown = { zebra: 'x', claims: '{\n}', code_verifier: '', resource: '' }
    const answer = await redeem(server, await authorizeForCode(server), unknown)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('pragma')).toBe('no-cache')
  })

  test('redirect_uri can be omitted throughout by a client with one registered', async () => {
    const code = await authorizeForCode(server, { redirect_uri: undefined })
    expect((await redeem(server, code, { redirect_uri: undefined })).status).toBe(200)
  })
})

const NO_CODE = 'code is unknown; send the whole code of the authorization response, decoded'

describe('an invalid token request (RFC 6749 §5.2)', () => {
  const NO_GRANT = 'grant_type is not supported; grant_types_supported in the metadata lists those that are'
  test.each([
    ['no grant_type', { grant_type: undefined }, 'invalid_request', 'grant_type is missing'],
    ['an unknown grant_type', { grant_type: 'password' }, 'unsupported_grant_type', NO_GRANT],
    [
      'a grant_type with the name of a built-in object property',
      { grant_type: 'constructor' },
      'unsupported_grant_type',
      NO_GRANT,
    ],
    ['no code', { code: undefined }, 'invalid_request', 'code is missing'],
    ['an empty code', { code: '' }, 'invalid_request', 'code is missing'],
    ['an unknown code', { code: 'guess' }, 'invalid_grant', NO_CODE],
    [
      'a null byte in the code',
      { code: 'a\0b' },
      'invalid_request',
      'code has a character that is not allowed (RFC 6749 Appendix A)',
    ],
  ])('%s', async (_name, changes, error, error_description) => {
    const answer = await redeem(server, 'unused', changes)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error, error_description })
  })

  test('an unknown repeated parameter is not named in the error', async () => {
    const answer = await redeem(server, await authorizeForCode(server), { 'Call 555-1234 now': ['1', '2'] })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request'])
    expect(answer.json.error_description).not.toContain('555')
  })

  test('a repeated parameter', async () => {
    const body = `grant_type=authorization_code&code=a&code=b&client_id=tripmate&client_secret=${SECRET}`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const response = await fetch(`${server.url}/token`, { method: 'POST', body, headers })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('code'),
    })
  })

  test('error_description contains only the allowed characters', async () => {
    const name = 'käse "\\" <b>\r\n'
    const answer = await redeem(server, await authorizeForCode(server), { [name]: ['1', '2'], redirect_uri: undefined })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8'])
    const { error_description } = answer.json
    expect(error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  })

  test('a body that is not a form', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch(`${server.url}/token`, { method: 'POST', body: '{}', headers })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('a body of 10 MB', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const response = await fetch(`${server.url}/token`, { method: 'POST', body: `a=${'x'.repeat(1e7)}`, headers })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('GET is not allowed', async () => {
    const response = await fetch(`${server.url}/token`)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  test('a client that is not registered for the grant gets unauthorized_client', async () => {
    const answer = await refresh(server, 'x', { client_id: 'no-refresh', client_secret: undefined })
    expect(answer.json).toEqual({
      error: 'unauthorized_client',
      error_description: 'this client is not registered for grant_type refresh_token',
    })
  })
})
