import { hashToken } from '../../src/tokens/opaque-token'
import {
  addOtherClients,
  authorizeForCode,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  type FormFields,
  hasEnded,
  pkce,
  redeem,
  refresh,
  startAuthServer,
  type TestAuthServer,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  await addOtherClients(server)
})
afterAll(() => server.stop())

const USED_CODE = 'code was used before; a code works once, even when its first use is refused'

describe('an authorization code (RFC 6749 §4.1.3)', () => {
  const NO_MATCH = 'code_verifier does not match the code_challenge; the code is used up, so get a new one'

  test('is bound to its client: another client is refused, and its attempt does not use up the code', async () => {
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
      'a redirect_uri where the authorization request named none',
      { redirect_uri: undefined },
      { redirect_uri: 'http://localhost:4000/other' },
      'redirect_uri differs from the one in the authorization request',
    ],
    ['a wrong verifier', pkce, { code_verifier: CODE_VERIFIER.replace('d', 'e') }, NO_MATCH],
    [
      'no verifier for the challenge in the request',
      pkce,
      {},
      'code_verifier is missing; the authorization request had a code_challenge',
    ],
    [
      'a verifier that is too short',
      pkce,
      { code_verifier: 'short' },
      'code_verifier must be 43 to 128 unreserved characters',
    ],
    ['the challenge instead of the verifier', pkce, { code_verifier: CODE_CHALLENGE }, NO_MATCH],
    [
      'a verifier without a challenge (PKCE downgrade, RFC 9700 §4.8)',
      {},
      { code_verifier: CODE_VERIFIER },
      'code_verifier was sent, but the authorization request had no code_challenge',
    ],
  ])('%s is refused, and the attempt uses up the code', async (_name, asked, sent, error_description) => {
    const code = await authorizeForCode(server, asked)
    const answer = await redeem(server, code, sent)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: 'invalid_grant', error_description })
    const right = asked === pkce ? { code_verifier: CODE_VERIFIER } : {}
    expect((await redeem(server, code, right)).json).toEqual({ error: 'invalid_grant', error_description: USED_CODE })
  })

  const PARAMETER_TWICE = 'a parameter was sent more than once; send each parameter once'
  const BAD_CHARACTER = 'code_verifier has a character that is not allowed (RFC 6749 Appendix A)'
  const VERIFIER_TWICE = 'code_verifier was sent more than once; send it once'
  test.each<[string, FormFields, string]>([
    ['two verifiers', { code_verifier: [CODE_VERIFIER, 'x'] }, VERIFIER_TWICE],
    ['a verifier with a line break', { code_verifier: `${CODE_VERIFIER}\n` }, BAD_CHARACTER],
    ['a repeated unknown parameter', { code_verifier: CODE_VERIFIER, x: ['1', '2'] }, PARAMETER_TWICE],
  ])('is also used up by a malformed attempt: %s', async (_name, sent, error_description) => {
    const code = await authorizeForCode(server, pkce)
    expect((await redeem(server, code, sent)).json).toEqual({ error: 'invalid_request', error_description })
    const right = { code_verifier: CODE_VERIFIER }
    expect((await redeem(server, code, right)).json).toEqual({ error: 'invalid_grant', error_description: USED_CODE })
  })

  test('a malformed second use also ends the tokens from the first use (RFC 6749 §4.1.2)', async () => {
    const code = await authorizeForCode(server)
    const first = (await redeem(server, code)).json
    expect((await redeem(server, code, { x: ['1', '2'] })).json.error).toBe('invalid_grant')
    expect(await hasEnded(server, first.access_token)).toBe(true)
  })

  test('is bound to its challenge as text: another encoding of the bytes does not match (RFC 7636 §4.6)', async () => {
    // Two bits of the 43rd character are not used.
    const code_challenge = CODE_CHALLENGE.replace(/M$/, 'N')
    expect(Buffer.from(code_challenge, 'base64url')).toEqual(Buffer.from(CODE_CHALLENGE, 'base64url'))
    const code = await authorizeForCode(server, { ...pkce, code_challenge })
    expect((await redeem(server, code, { code_verifier: CODE_VERIFIER })).json.error).toBe('invalid_grant')
  })

  test('is bound to its verifier: the right verifier works (RFC 7636 §4.6)', async () => {
    const code = await authorizeForCode(server, pkce)
    expect((await redeem(server, code, { code_verifier: CODE_VERIFIER })).status).toBe(200)
  })

  test('a public client redeems its code with the verifier and no secret', async () => {
    const code = await authorizeForCode(server, { ...pkce, client_id: 'public' })
    const answer = await redeem(server, code, {
      client_id: 'public',
      client_secret: undefined,
      code_verifier: CODE_VERIFIER,
    })
    expect(answer.status).toBe(200)
  })

  test('expires after 60 seconds', async () => {
    const own = await startAuthServer()
    try {
      const [first, second] = [await authorizeForCode(own), await authorizeForCode(own)]
      own.advance(59)
      expect((await redeem(own, first)).status).toBe(200)
      own.advance(3)
      expect((await redeem(own, second)).json).toEqual({
        error: 'invalid_grant',
        error_description: 'code expired 2 seconds ago; redeem it as soon as it arrives',
      })
    } finally {
      await own.stop()
    }
  })

  test('works once: a second use is refused and ends the tokens from the first use (RFC 6749 §4.1.2)', async () => {
    const code = await authorizeForCode(server)
    const first = (await redeem(server, code)).json
    expect((await redeem(server, code)).json.error).toBe('invalid_grant')
    expect(await hasEnded(server, first.access_token)).toBe(true)
    expect((await refresh(server, first.refresh_token)).json.error).toBe('invalid_grant')
  })

  test('of 50 simultaneous redemptions, exactly one gets a token', async () => {
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
