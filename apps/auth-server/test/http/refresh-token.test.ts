import { type Fields, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { withdrawConsent } from '../../src/tokens/withdrawal'
import {
  addOtherClients,
  authorizationUrl,
  authorize,
  authorizeForCode,
  hasEnded,
  redeem,
  refresh,
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

describe('refreshing (RFC 6749 §6)', () => {
  const UNKNOWN = {
    error: 'invalid_grant',
    error_description: 'refresh_token is unknown',
  }
  const WITHDRAWN = {
    error: 'invalid_grant',
    error_description: 'the access that this refresh_token was issued for has been withdrawn',
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

  test('can narrow the scope of the access token, but not of the next refresh token', async () => {
    const first = await tokens(server)
    const narrow = await refresh(server, first.refresh_token, { scope: 'calendar.read' })
    expect(narrow.json.scope).toBe('calendar.read')
    expect((await refresh(server, narrow.json.refresh_token)).json.scope).toBe('calendar.read calendar.write')
  })

  test('cannot widen the scope, and the attempt does not use up the refresh token', async () => {
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
      error_description:
        'refresh_token was already used, so every token of this connection has been revoked; send the user through authorization again',
    })
    expect((await refresh(server, second.refresh_token)).json).toEqual(WITHDRAWN)
    expect(await hasEnded(server, second.access_token)).toBe(true)
    expect(await hasEnded(server, first.access_token)).toBe(true)
  })

  test('a replay ends the family even if its scope would be refused anyway', async () => {
    const first = await tokens(server)
    const second = (await refresh(server, first.refresh_token)).json
    await refresh(server, first.refresh_token, { scope: 'nonsense' })
    expect(await hasEnded(server, second.access_token)).toBe(true)
  })

  test('of 50 simultaneous refreshes, exactly one gets a token', async () => {
    const { refresh_token } = await tokens(server)
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(server, refresh_token)))
    expect(answers.filter(answer => answer.status === 200)).toHaveLength(1)
    expect(answers.filter(answer => answer.json.error === 'invalid_grant')).toHaveLength(49)
  })

  test('another client’s refresh token is refused, and stays valid', async () => {
    const { refresh_token } = await tokens(server)
    const thief = await refresh(server, refresh_token, { client_id: 'other', client_secret: 'other-secret' })
    expect(thief.json).toEqual({
      error: 'invalid_grant',
      error_description: 'refresh_token was issued to another client',
    })
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })

  test('an access token is not accepted as a refresh token', async () => {
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
        error_description: 'refresh_token has expired; send the user through authorization again',
      })
    } finally {
      await own.stop()
    }
  })

  test('a narrower consent later ends the tokens that exceed it, and no others', async () => {
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
      // Scopes that were not requested are not withdrawn.
      const wideAgain = await ask(both)
      await ask('calendar.read')
      expect(await hasEnded(own, wideAgain.access_token)).toBe(false)
    } finally {
      await own.stop()
    }
  })

  test('consent that is withdrawn while the user’s answer is processed issues no code', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      await authorize(own, { prompt: 'consent' }, browser)
      const { id } = await own.context.db
        .selectFrom('users')
        .select('id')
        .where('username', '=', 'alice')
        .executeTakeFirstOrThrow()
      // While the narrower answer waits until every API knows about it, the user withdraws all consent.
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

  test('a withdrawal on the account page ends the refresh token', async () => {
    const { refresh_token } = await tokens(server)
    await withdrawConsent(server.context, 'usr_2f8c1a', 'tripmate')
    expect((await refresh(server, refresh_token)).json).toEqual(WITHDRAWN)
  })
})
