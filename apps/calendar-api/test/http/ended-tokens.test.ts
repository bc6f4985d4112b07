import { API_SECRET, callerOf, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeEach(async () => {
  api = await startCalendarApi()
})
afterEach(() => api.stop())

const list = (token: string) => callerOf(api, token)('GET')
const grant = (jti: string) => api.token('usr_2f8c1a', { claims: { jti } })
/** Longer than any lease. In milliseconds. */
const LEASE_MS = 3_000

function expectWithdrawn({ status, headers }: { status: number; headers: Headers }) {
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toMatch('error="invalid_token"')
  expect(headers.get('www-authenticate')).toMatch('withdrawn')
}

test('once the server has its confirmation, the ended token is refused, and no other', async () => {
  expect((await list(grant('family1.token1'))).status).toBe(200)
  await api.authServer.end('family1.token1')
  expectWithdrawn(await list(grant('family1.token1')))
  expect((await list(grant('family1.token2'))).status).toBe(200)
})

test('ending a grant ends every token that came of it, and no other grant’s', async () => {
  await list(grant('family1.token1'))
  await api.authServer.end('family1')
  expectWithdrawn(await list(grant('family1.token1')))
  expectWithdrawn(await list(grant('family1.token2')))
  expect((await list(grant('family12.token1'))).status).toBe(200)
})

test('what ended before the API was started is known to it', async () => {
  const { authServer } = api
  await list(grant('family1.token1'))
  await authServer.end('family1.token1')
  // The lease is over: it starts with nothing, as after a start.
  api.wait(LEASE_MS)
  expectWithdrawn(await list(grant('family1.token1')))
})

test('polls prove who asks (RFC 6749 §2.3.1) and confirm what was applied', async () => {
  await list(grant('family1.token1'))
  await api.authServer.end('x')
  const [first, second] = api.authServer.polls
  const secret = Buffer.from(`calendar-api:${API_SECRET}`).toString('base64')
  expect(first).toEqual({
    listener: expect.stringMatching(/^[\w-]{8,64}$/),
    after: undefined,
    authorization: `Basic ${secret}`,
  })
  expect(second).toEqual({ ...first, after: 0 })
})

describe('while the authorization server cannot be heard', () => {
  test.each(['down', 'nonsense'] as const)(
    'the list is trusted while the lease runs, then no token is (%s)',
    async trouble => {
      expect((await list(grant('family1.token1'))).status).toBe(200)
      api.authServer.trouble.endedTokens = trouble
      expect((await list(grant('family1.token1'))).status).toBe(200)
      api.wait(LEASE_MS)
      const answer = await list(grant('family1.token1'))
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(answer.headers.get('www-authenticate')).toBeNull()
      expect(answer.json.detail).toMatch('withdrawn')
    },
  )

  test('the lease ends early enough to be the first to end', async () => {
    await list(grant('family1.token1'))
    api.authServer.trouble.endedTokens = 'down'
    api.wait(LEASE_MS - 200)
    expect((await list(grant('family1.token1'))).status).toBe(503)
  })

  test('the lease counts from when the poll was sent, however late its answer comes', async () => {
    const held = api.authServer.confirms(0)
    await list(grant('family1.token1'))
    await held
    api.wait(LEASE_MS)
    api.authServer.trouble.endedTokens = 'down'
    const applied = api.authServer.asked()
    void api.authServer.end('something') // lets the held poll go
    await applied
    expect((await list(grant('family1.token1'))).status).toBe(503)
    api.authServer.trouble = {}
  })

  test('a machine that was suspended notices by the time of day', async () => {
    await list(grant('family1.token1'))
    api.authServer.trouble.endedTokens = 'down'
    api.advance(3)
    expect((await list(grant('family1.token1'))).status).toBe(503)
  })

  test('the API itself is well, and a token that is bad anyway is told so', async () => {
    api.authServer.trouble = { endedTokens: 'down', jwks: 'down' }
    api.wait(LEASE_MS)
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
    expect((await list('no-token')).status).toBe(401)
  })

  test('the first request after it is back is answered', async () => {
    api.authServer.trouble.endedTokens = 'down'
    api.wait(LEASE_MS)
    expect((await list(grant('family1.token1'))).status).toBe(503)
    api.authServer.trouble = {}
    expect((await list(grant('family1.token1'))).status).toBe(200)
  })

  test('what ended in the meantime is refused by the first request after it', async () => {
    expect((await list(grant('family1.token1'))).status).toBe(200)
    api.authServer.trouble.endedTokens = 'down'
    api.wait(LEASE_MS)
    expect((await list(grant('family1.token1'))).status).toBe(503)
    const ended = api.authServer.end('family1')
    api.authServer.trouble = {}
    expectWithdrawn(await list(grant('family1.token1')))
    await ended
  })
})

test('a server that was reset replaces the list', async () => {
  await list(grant('family1.token1'))
  await api.authServer.end('family1')
  await api.authServer.end('family2')
  api.authServer.reset()
  await api.authServer.end('family3')
  expect((await list(grant('family1.token1'))).status).toBe(200)
  expectWithdrawn(await list(grant('family3.token1')))
})

test('a poll that starts over has a new name: a lost one of the old name cannot confirm for it', async () => {
  await list(grant('family1.token1'))
  api.wait(LEASE_MS)
  await list(grant('family1.token1'))
  const starts = api.authServer.polls.filter(({ after }) => after === undefined)
  expect(starts.length).toBeGreaterThanOrEqual(2)
  expect(new Set(starts.map(({ listener }) => listener)).size).toBe(starts.length)
})

test('stopping says goodbye, so that no withdrawal waits for it', async () => {
  await list(grant('family1.token1'))
  await api.context.endedTokens.stop()
  expect(api.authServer.goodbyes).toEqual([api.authServer.polls.at(-1)?.listener])
})
