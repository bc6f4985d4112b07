import { BATCH } from '@glasshouse/shared/sweep'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import type { Schema } from '../../src/store/schema'
import { runUpkeep, startUpkeep } from '../../src/upkeep'
import {
  addClient,
  authorizationUrl,
  authorizeForCode,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  endedIds,
  hasEnded,
  postForm,
  redeem,
  refresh,
  SECRET,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

const HOUR = 60 * 60
const DAY = 24 * HOUR

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer()
})
afterEach(() => server.stop())

const SWEPT: (keyof Schema)[] = [
  'authorization_requests',
  'authorization_codes',
  'token_families',
  'refresh_tokens',
  'ended_tokens',
  'sessions',
  'listeners',
]

async function count(table: keyof Schema): Promise<number> {
  const { n } = await server.context.db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}

async function sizes(): Promise<Record<string, number>> {
  return Object.fromEntries(await Promise.all(SWEPT.map(async table => [table, await count(table)])))
}

const nothing = Object.fromEntries(SWEPT.map(table => [table, 0]))

async function later(seconds: number): Promise<void> {
  server.advance(seconds)
  await runUpkeep(server.context)
}

describe('sweeping', () => {
  test('deletes everything that has expired, but no consent and no clients', async () => {
    const clients = await count('clients')
    await new TestBrowser().get(authorizationUrl(server))
    await authorizeForCode(server)
    const { access_token, refresh_token } = await tokens(server)
    const next = (await refresh(server, refresh_token)).json
    await postForm(server, '/revoke', { token: access_token, client_id: 'tripmate', client_secret: SECRET })
    await endedIds(server)
    expect(await sizes()).toMatchObject({ authorization_requests: 3, token_families: 2, refresh_tokens: 2 })
    await later(31 * DAY)
    expect(await sizes()).toEqual(nothing)
    expect((await refresh(server, next.refresh_token)).json.error).toBe('invalid_grant')
    expect([await count('consents'), await count('clients')]).toEqual([1, clients])
  })

  test('deletes nothing that is still valid', async () => {
    const { access_token, refresh_token } = await tokens(server)
    await later(29 * DAY)
    const next = await refresh(server, refresh_token)
    expect(next.status).toBe(200)
    await later(29 * DAY)
    const third = await refresh(server, next.json.refresh_token)
    expect(third.status).toBe(200)
    await postForm(server, '/revoke', { token: third.json.access_token, client_id: 'tripmate', client_secret: SECRET })
    await later(HOUR)
    expect(await hasEnded(server, third.json.access_token)).toBe(true)
    expect(await hasEnded(server, access_token)).toBe(false)
  })

  test('a replay of a refresh token is recognised until the token would have expired (RFC 9700 §4.14.2)', async () => {
    const { refresh_token } = await tokens(server)
    await later(DAY)
    const next = (await refresh(server, refresh_token)).json
    await later(28 * DAY)
    await refresh(server, refresh_token)
    expect((await refresh(server, next.refresh_token)).json.error).toBe('invalid_grant')
  })

  test('a replay of a redeemed code is recognised until its tokens have expired (RFC 6749 §4.1.2)', async () => {
    const code = await authorizeForCode(server)
    const { refresh_token } = (await redeem(server, code)).json
    await later(29 * DAY)
    await redeem(server, code)
    expect((await refresh(server, refresh_token)).json.error).toBe('invalid_grant')
  })

  test('an access token without a refresh token can be revoked until it expires', async () => {
    await addClient(server, { id: 'no-refresh' })
    const pkce = { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }
    const code = await authorizeForCode(server, { client_id: 'no-refresh', ...pkce })
    await redeem(server, code, { client_id: 'no-refresh', client_secret: undefined, code_verifier: CODE_VERIFIER })
    await later(3599)
    expect(await count('token_families')).toBe(1)
    await later(61)
    expect(await count('token_families')).toBe(0)
  })

  test('a family that is refreshed again and again keeps only the refresh tokens of one lifetime', async () => {
    let { refresh_token } = await tokens(server)
    for (let week = 0; week < 8; week++) {
      await later(7 * DAY)
      refresh_token = (await refresh(server, refresh_token)).json.refresh_token
    }
    expect(await count('refresh_tokens')).toBeLessThanOrEqual(6)
  })

  test('a user who is about to answer can still do so', async () => {
    const browser = new TestBrowser()
    const login = await browser.follow(await browser.get(authorizationUrl(server)), server.url)
    await later(29 * 60)
    const consent = await browser.follow(
      await browser.submit(login, { username: 'alice', password: 'wonderland' }),
      server.url,
    )
    await later(30)
    expect((await browser.submit(consent, { decision: 'allow' })).location.searchParams.has('code')).toBe(true)
  })

  test('continues in batches until nothing is left, and can be stopped between two batches', async () => {
    const rows = Array.from({ length: BATCH * 3 + 1 }, (_, n) => ({ id: `dead-${n}`, content: '{}', expires_at: n }))
    await server.context.db.insertInto('sessions').values(rows).execute()
    const stop = new AbortController()
    stop.abort()
    await runUpkeep(server.context, stop.signal)
    expect(await count('sessions')).toBe(rows.length)
    await runUpkeep(server.context)
    expect(await count('sessions')).toBe(0)
  })

  test('several copies can sweep at the same time', async () => {
    for (let n = 0; n < 5; n++) await tokens(server)
    server.advance(31 * DAY)
    await Promise.all([1, 2, 3].map(() => runUpkeep(server.context)))
    expect(await sizes()).toEqual(nothing)
  })

  test('a table that cannot be swept does not prevent the sweep of the others', async () => {
    await tokens(server)
    server.advance(31 * DAY)
    jest.spyOn(server.context.keys, 'removeDead').mockRejectedValue(new Error('locked'))
    const logged = jest.spyOn(server.context.log, 'error')
    await runUpkeep(server.context)
    expect(logged).toHaveBeenCalledTimes(1)
    expect(await sizes()).toEqual(nothing)
  })
})

test('a running server sweeps once a minute until it is stopped', async () => {
  jest.useFakeTimers({ doNotFake: ['Date', 'setImmediate', 'setTimeout', 'nextTick', 'queueMicrotask'] })
  try {
    const removeDead = jest.spyOn(server.context.keys, 'removeDead')
    const run = () => new Promise<void>(resolve => void removeDead.mockImplementationOnce(async () => resolve()))
    const stop = startUpkeep(server.context)
    for (const nth of [1, 2]) {
      const ran = run()
      jest.advanceTimersByTime(60_000)
      await ran
      expect(removeDead).toHaveBeenCalledTimes(nth)
    }
    await stop()
    jest.advanceTimersByTime(60_000)
    expect(removeDead).toHaveBeenCalledTimes(2)
  } finally {
    jest.useRealTimers()
  }
})
