import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Fields, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import jwt from 'jsonwebtoken'
import { hashToken } from '../../src/tokens/opaque-token'
import { withdrawConsent } from '../../src/tokens/withdrawal'
import {
  addClient,
  authorizationUrl,
  authorize,
  authorizeForCode,
  basic,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  claimsOf,
  endedIds,
  type FormFields,
  hasEnded,
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
  const grantTypes = ['authorization_code' as const, 'refresh_token' as const]
  await addClient(server, { id: 'other', secret: 'other-secret', grantTypes })
  await addClient(server, { id: 'public', grantTypes })
  await addClient(server, { id: 'no-refresh' })
})
afterAll(() => server.stop())

const pkce = { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }

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

  test('the scope says so when less was granted than asked for (RFC 6749 §5.1)', async () => {
    const less = { scope: 'calendar.read', decision: 'allow' }
    const location = await authorize(server, { prompt: 'consent' }, undefined, less)
    expect((await redeem(server, location.searchParams.get('code') ?? '')).json.scope).toBe('calendar.read')
  })

  test('there is no refresh token for a client that is not registered for it (RFC 7591 §2)', async () => {
    const code = await authorizeForCode(server, { ...pkce, client_id: 'no-refresh' })
    const publicClient = { client_id: 'no-refresh', client_secret: undefined, code_verifier: CODE_VERIFIER }
    const answer = await redeem(server, code, publicClient)
    expect(Object.keys(answer.json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
  })

  test('a parameter that is not known is ignored, and an empty one is none (RFC 6749 §3.2)', async () => {
    const unknown = { zebra: 'x', claims: '{\n}', code_verifier: '', resource: '' }
    const answer = await redeem(server, await authorizeForCode(server), unknown)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('pragma')).toBe('no-cache')
  })

  test('one that names no redirect_uri at all works for a client with one registered', async () => {
    const code = await authorizeForCode(server, { redirect_uri: undefined })
    expect((await redeem(server, code, { redirect_uri: undefined })).status).toBe(200)
  })
})

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
    ['no secret of a client that has one', { client_secret: undefined }, {}, 401, 'invalid_client', FAILED],
    ['an unknown client', { client_id: 'nobody' }, {}, 401, 'invalid_client', FAILED],
    [
      'no client at all',
      { client_id: undefined, client_secret: undefined },
      {},
      401,
      'invalid_client',
      'client authentication is missing: send client_id and client_secret, or use HTTP Basic',
    ],
    [
      'a wrong secret by Basic',
      { client_id: undefined, client_secret: undefined },
      { Authorization: basic('tripmate', 'wrong') },
      401,
      'invalid_client',
      FAILED,
    ],
    [
      'a Basic header that is none',
      { client_id: undefined, client_secret: undefined },
      { Authorization: 'Basic !!!' },
      401,
      'invalid_client',
      NO_BASIC,
    ],
    [
      'a scheme that is not known',
      { client_id: undefined, client_secret: undefined },
      { Authorization: 'Bearer x' },
      401,
      'invalid_client',
      NO_BASIC,
    ],
    [
      'both ways at once',
      {},
      { Authorization: basic('tripmate', SECRET) },
      400,
      'invalid_request',
      'client_secret was sent twice, in the header and in the body; use one',
    ],
    [
      'two different ids',
      { client_id: 'other', client_secret: undefined },
      { Authorization: basic('tripmate', SECRET) },
      400,
      'invalid_request',
      'client_id differs from the one in the Authorization header',
    ],
    [
      'a secret of a client that has none',
      { client_id: 'public', client_secret: 'x' },
      {},
      401,
      'invalid_client',
      FAILED,
    ],
  ])('%s is refused', async (_name, changes, headers, status, error, error_description) => {
    const answer = await redeem(server, 'a-code', changes, headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error, error_description })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  test.each(['/token', '/revoke', '/introspect', '/register/app_x'])(
    'two Authorization headers are refused, at %s (§5.2)',
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

  test('credentials in the query are not looked at (§2.3.1)', async () => {
    const query = new URLSearchParams({ client_id: 'tripmate', client_secret: SECRET })
    const answer = await postForm(server, `/token?${query}`, { grant_type: 'authorization_code', code: 'x' })
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client'])
  })

  test.each([{ client_secret: 'wrong' }, { client_secret: undefined }])(
    'refreshing needs it too: %j (§6)',
    async sent => {
      const { refresh_token } = await tokens(server)
      expect((await refresh(server, refresh_token, sent)).json.error).toBe('invalid_client')
      expect((await refresh(server, refresh_token)).status).toBe(200)
    },
  )

  test('an unknown client and a wrong secret are told the same', async () => {
    const [unknown, wrong] = await Promise.all([
      redeem(server, 'c', { client_id: 'nobody' }),
      redeem(server, 'c', { client_secret: 'wrong' }),
    ])
    const told = ({ status, headers, json }: JsonAnswer) => [status, headers.get('www-authenticate'), json]
    expect(told(unknown)).toEqual(told(wrong))
    expect(told(unknown)).toMatchObject([401, expect.any(String), { error: 'invalid_client' }])
  })
})

const NO_CODE = 'code is unknown, expired, used before, or was issued to another client'

describe('a token request that is wrong (RFC 6749 §5.2)', () => {
  const NO_GRANT = 'grant_type is not one that the metadata lists'
  test.each([
    ['no grant_type', { grant_type: undefined }, 'invalid_request', 'grant_type is missing'],
    ['a grant_type that is not known', { grant_type: 'password' }, 'unsupported_grant_type', NO_GRANT],
    [
      'a grant_type that is a property of every object',
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

  test('a repeated parameter of a name that the sender has made up is not named', async () => {
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

  test('error_description holds only the characters that it may', async () => {
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

  test('a client that is not registered for the grant is unauthorized', async () => {
    const answer = await refresh(server, 'x', { client_id: 'no-refresh', client_secret: undefined })
    expect(answer.json).toEqual({
      error: 'unauthorized_client',
      error_description: 'this client is not registered for grant_type refresh_token',
    })
  })
})

describe('the code is bound (RFC 6749 §4.1.3)', () => {
  const NO_MATCH = 'code_verifier does not match the code_challenge'

  test('to its client: another is refused, and burns nothing', async () => {
    const code = await authorizeForCode(server)
    const thief = await redeem(server, code, { client_id: 'other', client_secret: 'other-secret' })
    expect(thief.json.error).toBe('invalid_grant')
    expect((await redeem(server, code)).status).toBe(200)
  })

  test.each([
    [
      'another redirect_uri',
      {},
      { redirect_uri: 'http://localhost:4000/other' },
      'redirect_uri differs from the one in the authorization request',
    ],
    ['no redirect_uri', {}, { redirect_uri: undefined }, 'redirect_uri is missing; the authorization request had one'],
    [
      'a redirect_uri that the authorization request did not name, and another',
      { redirect_uri: undefined },
      { redirect_uri: 'http://localhost:4000/other' },
      'redirect_uri differs from the one in the authorization request',
    ],
    ['a wrong verifier', pkce, { code_verifier: CODE_VERIFIER.replace('d', 'e') }, NO_MATCH],
    [
      'no verifier for a challenge',
      pkce,
      {},
      'code_verifier is missing; the authorization request had a code_challenge',
    ],
    [
      'a verifier that is too short',
      pkce,
      { code_verifier: 'short' },
      'code_verifier has to be 43 to 128 unreserved characters',
    ],
    ['the challenge in place of the verifier', pkce, { code_verifier: CODE_CHALLENGE }, NO_MATCH],
    [
      'a verifier for no challenge (PKCE downgrade, RFC 9700 §4.8)',
      {},
      { code_verifier: CODE_VERIFIER },
      'code_verifier was sent, but the authorization request had no code_challenge',
    ],
  ])('%s is refused, and the attempt burns the code', async (_name, asked, sent, error_description) => {
    const code = await authorizeForCode(server, asked)
    const answer = await redeem(server, code, sent)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: 'invalid_grant', error_description })
    const right = asked === pkce ? { code_verifier: CODE_VERIFIER } : {}
    expect((await redeem(server, code, right)).json).toEqual({ error: 'invalid_grant', error_description: NO_CODE })
  })

  const PARAMETER_TWICE = 'a parameter is there more than once; send each of them once'
  const BAD_CHARACTER = 'code_verifier has a character that is not allowed (RFC 6749 Appendix A)'
  const VERIFIER_TWICE = 'code_verifier is there more than once; send it once'
  test.each<[string, FormFields, string]>([
    ['two verifiers', { code_verifier: [CODE_VERIFIER, 'x'] }, VERIFIER_TWICE],
    ['a verifier with a line break', { code_verifier: `${CODE_VERIFIER}\n` }, BAD_CHARACTER],
    ['a parameter twice that nobody knows', { code_verifier: CODE_VERIFIER, x: ['1', '2'] }, PARAMETER_TWICE],
  ])('an attempt that is malformed burns it too: %s', async (_name, sent, error_description) => {
    const code = await authorizeForCode(server, pkce)
    expect((await redeem(server, code, sent)).json).toEqual({ error: 'invalid_request', error_description })
    const right = { code_verifier: CODE_VERIFIER }
    expect((await redeem(server, code, right)).json).toEqual({ error: 'invalid_grant', error_description: NO_CODE })
  })

  test('a second use that is malformed ends the first one’s tokens as well (RFC 6749 §4.1.2)', async () => {
    const code = await authorizeForCode(server)
    const first = (await redeem(server, code)).json
    expect((await redeem(server, code, { x: ['1', '2'] })).json.error).toBe('invalid_grant')
    expect(await hasEnded(server, first.access_token)).toBe(true)
  })

  test('to its challenge as a text: another way to write the same bytes is another one (RFC 7636 §4.6)', async () => {
    // The last of 43 characters has two bits to spare.
    const code_challenge = CODE_CHALLENGE.replace(/M$/, 'N')
    expect(Buffer.from(code_challenge, 'base64url')).toEqual(Buffer.from(CODE_CHALLENGE, 'base64url'))
    const code = await authorizeForCode(server, { ...pkce, code_challenge })
    expect((await redeem(server, code, { code_verifier: CODE_VERIFIER })).json.error).toBe('invalid_grant')
  })

  test('to its verifier: the right one works (RFC 7636 §4.6)', async () => {
    const code = await authorizeForCode(server, pkce)
    expect((await redeem(server, code, { code_verifier: CODE_VERIFIER })).status).toBe(200)
  })

  test('a public client redeems with its verifier alone', async () => {
    const code = await authorizeForCode(server, { ...pkce, client_id: 'public' })
    const answer = await redeem(server, code, {
      client_id: 'public',
      client_secret: undefined,
      code_verifier: CODE_VERIFIER,
    })
    expect(answer.status).toBe(200)
  })

  test('to its 60 seconds', async () => {
    const own = await startAuthServer()
    try {
      const [first, second] = [await authorizeForCode(own), await authorizeForCode(own)]
      own.advance(59)
      expect((await redeem(own, first)).status).toBe(200)
      own.advance(1)
      expect((await redeem(own, second)).json).toEqual({ error: 'invalid_grant', error_description: NO_CODE })
    } finally {
      await own.stop()
    }
  })

  test('it works once: the second use is refused and ends the first one’s tokens (RFC 6749 §4.1.2)', async () => {
    const code = await authorizeForCode(server)
    const first = (await redeem(server, code)).json
    expect((await redeem(server, code)).json.error).toBe('invalid_grant')
    expect(await hasEnded(server, first.access_token)).toBe(true)
    expect((await refresh(server, first.refresh_token)).json.error).toBe('invalid_grant')
  })

  test('of 50 redemptions at once exactly one gets a token', async () => {
    const code = await authorizeForCode(server)
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(server, code)))
    expect(answers.filter(answer => answer.status === 200)).toHaveLength(1)
    expect(answers.filter(answer => answer.json.error === 'invalid_grant')).toHaveLength(49)
  })

  test('codes and refresh tokens are stored as hashes only', async () => {
    const code = await authorizeForCode(server)
    const { refresh_token } = (await redeem(server, code)).json
    const codes = await server.context.db.selectFrom('authorization_codes').selectAll().execute()
    const refreshTokens = await server.context.db.selectFrom('refresh_tokens').selectAll().execute()
    const stored = JSON.stringify([codes, refreshTokens])
    expect(stored).not.toContain(code)
    expect(stored).not.toContain(refresh_token)
    expect(stored).toContain(hashToken(code))
  })
})

describe('refreshing (RFC 6749 §6)', () => {
  const UNKNOWN = {
    error: 'invalid_grant',
    error_description: 'refresh_token is unknown or was issued to another client',
  }
  const WITHDRAWN = {
    error: 'invalid_grant',
    error_description: 'the access that this refresh_token stands for was withdrawn',
  }

  test('replaces the refresh token and gives a new access token', async () => {
    const first = await tokens(server)
    const second = await refresh(server, first.refresh_token)
    expect(second.status).toBe(200)
    expect(Object.keys(second.json).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ])
    expect(second.json.refresh_token).not.toBe(first.refresh_token)
    expect((await refresh(server, second.json.refresh_token)).status).toBe(200)
  })

  test('may narrow the scope of the access token, not of the next refresh token', async () => {
    const first = await tokens(server)
    const narrow = await refresh(server, first.refresh_token, { scope: 'calendar.read' })
    expect(narrow.json.scope).toBe('calendar.read')
    expect((await refresh(server, narrow.json.refresh_token)).json.scope).toBe('calendar.read calendar.write')
  })

  test('cannot widen the scope, and a mistake there costs nothing', async () => {
    const code = await authorizeForCode(server, { scope: 'calendar.read', prompt: 'consent' })
    const { refresh_token } = (await redeem(server, code)).json
    for (const scope of ['calendar.write', 'calendar.read calendar.write', ' ']) {
      expect((await refresh(server, refresh_token, { scope })).json).toEqual({
        error: 'invalid_scope',
        error_description: 'scope asks for more than was granted',
      })
    }
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })

  test('a replaced token is refused, and ends the whole family (RFC 9700 §4.14.2)', async () => {
    const first = await tokens(server)
    const second = (await refresh(server, first.refresh_token)).json
    expect((await refresh(server, first.refresh_token)).json).toEqual({
      error: 'invalid_grant',
      error_description: 'refresh_token was used before; every token of its family has been revoked',
    })
    expect((await refresh(server, second.refresh_token)).json).toEqual(WITHDRAWN)
    expect(await hasEnded(server, second.access_token)).toBe(true)
    expect(await hasEnded(server, first.access_token)).toBe(true)
  })

  test('also when the replay asks for a scope that would be refused anyway', async () => {
    const first = await tokens(server)
    const second = (await refresh(server, first.refresh_token)).json
    await refresh(server, first.refresh_token, { scope: 'nonsense' })
    expect(await hasEnded(server, second.access_token)).toBe(true)
  })

  test('of 50 refreshes at once exactly one gets a token', async () => {
    const { refresh_token } = await tokens(server)
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(server, refresh_token)))
    expect(answers.filter(answer => answer.status === 200)).toHaveLength(1)
    expect(answers.filter(answer => answer.json.error === 'invalid_grant')).toHaveLength(49)
  })

  test('another client’s refresh token is refused, and stays good', async () => {
    const { refresh_token } = await tokens(server)
    const thief = await refresh(server, refresh_token, { client_id: 'other', client_secret: 'other-secret' })
    expect(thief.json).toEqual(UNKNOWN)
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })

  test('an access token is no refresh token', async () => {
    const { access_token } = await tokens(server)
    expect((await refresh(server, access_token)).json).toEqual(UNKNOWN)
  })

  test('a refresh token expires', async () => {
    const own = await startAuthServer({ REFRESH_TOKEN_TTL: '100' })
    try {
      const [first, second] = [await tokens(own), await tokens(own)]
      own.advance(99)
      expect((await refresh(own, first.refresh_token)).status).toBe(200)
      own.advance(1)
      expect((await refresh(own, second.refresh_token)).json).toEqual({
        error: 'invalid_grant',
        error_description: 'refresh_token has expired; ask the person again',
      })
    } finally {
      await own.stop()
    }
  })

  test('less that is allowed on another day ends what was allowed beyond it, and nothing else', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      const ask = async (scope: string, decision: Fields = { decision: 'allow' }) => {
        const { searchParams } = await authorize(own, { scope, prompt: 'consent' }, browser, decision)
        return (await redeem(own, searchParams.get('code') ?? '')).json
      }
      const both = 'calendar.read calendar.write'
      const [wide, narrow] = [await ask(both), await ask('calendar.read')]
      await ask(both, { scope: 'calendar.read', decision: 'allow' })
      expect([await hasEnded(own, wide.access_token), await hasEnded(own, narrow.access_token)]).toEqual([true, false])
      expect((await refresh(own, wide.refresh_token)).json.error).toBe('invalid_grant')
      // What was not asked for is not taken back.
      const wideAgain = await ask(both)
      await ask('calendar.read')
      expect(await hasEnded(own, wideAgain.access_token)).toBe(false)
    } finally {
      await own.stop()
    }
  })

  test('what is withdrawn in the very moment of an answer is not given', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      await authorize(own, { prompt: 'consent' }, browser)
      const { id } = await own.context.db
        .selectFrom('users')
        .select('id')
        .where('username', '=', 'alice')
        .executeTakeFirstOrThrow()
      // While the narrower answer waits until every API has heard of it, the person takes it all back.
      jest
        .spyOn(own.context.endedTokens, 'announced')
        .mockImplementationOnce(() => withdrawConsent(own.context, id, 'tripmate'))
      const page = await browser.follow(await browser.get(authorizationUrl(own, { prompt: 'consent' })), own.url)
      const answer = await browser.submit(page, { scope: 'calendar.read', decision: 'allow' })
      expect([answer.status, answer.headers.get('location')]).toEqual([409, null])
      const living = own.context.db.selectFrom('token_families').select('id').where('ended_at', 'is', null)
      expect(await living.execute()).toEqual([])
    } finally {
      await own.stop()
    }
  })

  test('a withdrawal on the account page kills it', async () => {
    const { refresh_token } = await tokens(server)
    await withdrawConsent(server.context, 'usr_2f8c1a', 'tripmate')
    expect((await refresh(server, refresh_token)).json).toEqual(WITHDRAWN)
  })
})

describe('revocation (RFC 7009)', () => {
  const revoke = (token: string | undefined, changes: Record<string, string | undefined> = {}) =>
    postForm(server, '/revoke', { token, client_id: 'tripmate', client_secret: SECRET, ...changes })

  test('of a refresh token ends the family, answers 200 and {}', async () => {
    const { access_token, refresh_token } = await tokens(server)
    const answer = await revoke(refresh_token, { token_type_hint: 'refresh_token' })
    expect([answer.status, answer.json]).toEqual([200, {}])
    expect(await hasEnded(server, access_token)).toBe(true)
    expect((await refresh(server, refresh_token)).json.error).toBe('invalid_grant')
  })

  test('of an access token ends that token, and leaves the refresh token', async () => {
    const { access_token, refresh_token } = await tokens(server)
    expect((await revoke(access_token, { token_type_hint: 'refresh_token' })).status).toBe(200)
    expect(await hasEnded(server, access_token)).toBe(true)
    const next = await refresh(server, refresh_token)
    expect(next.status).toBe(200)
    expect(await hasEnded(server, next.json.access_token)).toBe(false)
  })

  test('of a token that nobody knows is 200 as well (§2.2)', async () => {
    const looksLikeOne = ['{"typ":"JWT"}', 'no JSON', 'x']
      .map(part => Buffer.from(part).toString('base64url'))
      .join('.')
    for (const token of ['nonsense', looksLikeOne]) {
      expect((await revoke(token, { token_type_hint: 'a hint nobody knows' })).status).toBe(200)
    }
  })

  test('of a public client’s token wants its id alone (§2.1)', async () => {
    const code = await authorizeForCode(server, { ...pkce, client_id: 'public' })
    const me = { client_id: 'public', client_secret: undefined }
    const { refresh_token } = (await redeem(server, code, { ...me, code_verifier: CODE_VERIFIER })).json
    expect((await revoke(refresh_token, me)).status).toBe(200)
    expect((await refresh(server, refresh_token, me)).json.error).toBe('invalid_grant')
  })

  test('is by POST alone: a token does not belong in a URL (§2)', async () => {
    const { refresh_token } = await tokens(server)
    expect((await fetch(`${server.url}/revoke?token=${refresh_token}`)).status).toBe(405)
    expect(
      (await postForm(server, `/revoke?token=${refresh_token}`, { client_id: 'tripmate', client_secret: SECRET }))
        .status,
    ).toBe(400)
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })

  test('of a forged access token ends nothing', async () => {
    const { access_token } = await tokens(server)
    const [header, , signature] = access_token.split('.')
    const { claims } = claimsOf((await tokens(server)).access_token)
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
    expect((await revoke(forged)).status).toBe(200)
    expect(await endedIds(server)).not.toContain(claims.jti)
  })

  test('wants the client to authenticate, and a token', async () => {
    expect((await revoke('x', { client_secret: 'wrong' })).status).toBe(401)
    expect((await revoke(undefined)).json.error).toBe('invalid_request')
  })

  test('of another client’s token is refused, and the token stays good (§2.1)', async () => {
    const { access_token, refresh_token } = await tokens(server)
    const other = { client_id: 'other', client_secret: 'other-secret' }
    expect((await revoke(refresh_token, other)).status).toBe(400)
    expect((await revoke(access_token, other)).status).toBe(400)
    expect(await hasEnded(server, access_token)).toBe(false)
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })
})
