import {
  addOtherClients,
  authorizeForCode,
  CODE_VERIFIER,
  claimsOf,
  endedIds,
  hasEnded,
  pkce,
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

describe('revocation (RFC 7009)', () => {
  const revoke = (token: string | undefined, changes: Record<string, string | undefined> = {}) =>
    postForm(server, '/revoke', { token, client_id: 'tripmate', client_secret: SECRET, ...changes })

  test('of a refresh token ends the family and answers 200 with {}', async () => {
    const { access_token, refresh_token } = await tokens(server)
    const answer = await revoke(refresh_token, { token_type_hint: 'refresh_token' })
    expect([answer.status, answer.json]).toEqual([200, {}])
    expect(await hasEnded(server, access_token)).toBe(true)
    expect((await refresh(server, refresh_token)).json.error).toBe('invalid_grant')
  })

  test('of an access token ends that token, but not the refresh token', async () => {
    const { access_token, refresh_token } = await tokens(server)
    expect((await revoke(access_token, { token_type_hint: 'refresh_token' })).status).toBe(200)
    expect(await hasEnded(server, access_token)).toBe(true)
    const next = await refresh(server, refresh_token)
    expect(next.status).toBe(200)
    expect(await hasEnded(server, next.json.access_token)).toBe(false)
  })

  test('of the same access token again is 200, and adds nothing to the list (§5)', async () => {
    const { access_token } = await tokens(server)
    for (let time = 1; time <= 3; time += 1) expect((await revoke(access_token)).status).toBe(200)
    const { jti } = claimsOf(access_token).claims
    expect((await endedIds(server)).filter(id => id === jti)).toHaveLength(1)
  })

  test('of an unknown token answers 200 too (§2.2)', async () => {
    const looksLikeOne = ['{"typ":"JWT"}', 'not JSON', 'x']
      .map(part => Buffer.from(part).toString('base64url'))
      .join('.')
    for (const token of ['nonsense', looksLikeOne]) {
      expect((await revoke(token, { token_type_hint: 'a hint nobody knows' })).status).toBe(200)
    }
  })

  test('of a public client’s token requires only the client id (§2.1)', async () => {
    const code = await authorizeForCode(server, { ...pkce, client_id: 'public' })
    const me = { client_id: 'public', client_secret: undefined }
    const { refresh_token } = (await redeem(server, code, { ...me, code_verifier: CODE_VERIFIER })).json
    expect((await revoke(refresh_token, me)).status).toBe(200)
    expect((await refresh(server, refresh_token, me)).json.error).toBe('invalid_grant')
  })

  test('is possible only with POST, because a token must not be in a URL (§2)', async () => {
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

  test('requires client authentication, and a token', async () => {
    expect((await revoke('x', { client_secret: 'wrong' })).status).toBe(401)
    expect((await revoke(undefined)).json.error).toBe('invalid_request')
  })

  test('of another client’s token is refused, and the token stays valid (§2.1)', async () => {
    const { access_token, refresh_token } = await tokens(server)
    const other = { client_id: 'other', client_secret: 'other-secret' }
    expect((await revoke(refresh_token, other)).status).toBe(400)
    expect((await revoke(access_token, other)).status).toBe(400)
    expect(await hasEnded(server, access_token)).toBe(false)
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })
})
