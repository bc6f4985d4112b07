import { API_SECRET, callerOf, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeEach(async () => {
  api = await startCalendarApi()
})
afterEach(() => api.stop())

const list = (token: string) => callerOf(api, token)('GET')
const grant = (jti: string) => api.token('usr_2f8c1a', { claims: { jti } })
/** Longer than any lease, in milliseconds. */
const LEASE_MS = 3_000

function expectWithdrawn({ status, headers }: { status: number; headers: Headers }) {
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toMatch('error="invalid_token"')
  expect(headers.get('www-authenticate')).toMatch('withdrawn')
}

test('after the confirmation, exactly the withdrawn token is refused', async () => {
  expect((await list(grant('family1.token1'))).status).toBe(200)
  await api.authServer.end('family1.token1')
  expectWithdrawn(await list(grant('family1.token1')))
  expect((await list(grant('family1.token2'))).status).toBe(200)
})

test('withdrawing a grant ends all its tokens, and no tokens of other grants', async () => {
  await list(grant('family1.token1'))
  await api.authServer.end('family1')
  expectWithdrawn(await list(grant('family1.token1')))
  expectWithdrawn(await list(grant('family1.token2')))
  expect((await list(grant('family12.token1'))).status).toBe(200)
})

test('the API knows about withdrawals from before its start', async () => {
  const { authServer } = api
  await list(grant('family1.token1'))
  await authServer.end('family1.token1')
  // The lease has expired, so the API starts over with an empty list, as at its start.
  api.wait(LEASE_MS)
  expectWithdrawn(await list(grant('family1.token1')))
})

test('polls authenticate the API (RFC 6749 §2.3.1) and confirm the applied entries', async () => {
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

describe('while the authorization server is unavailable', () => {
  test.each(['down', 'nonsense'] as const)(
    'tokens are accepted until the lease expires, and none afterwards (%s)',
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

  test('the API ends its lease earlier than the server does', async () => {
    await list(grant('family1.token1'))
    api.authServer.trouble.endedTokens = 'down'
    api.wait(LEASE_MS - 200)
    expect((await list(grant('family1.token1'))).status).toBe(503)
  })

  test('the lease starts when the poll is sent, however late the answer arrives', async () => {
    const held = api.authServer.confirms(0)
    await list(grant('family1.token1'))
    await held
    api.wait(LEASE_MS)
    api.authServer.trouble.endedTokens = 'down'
    const applied = api.authServer.asked()
    void api.authServer.end('something') // ends the held poll
    await applied
    expect((await list(grant('family1.token1'))).status).toBe(503)
    api.authServer.trouble = {}
  })

  test('a lease that expired while the machine was suspended is recognised by the time of day', async () => {
    await list(grant('family1.token1'))
    api.authServer.trouble.endedTokens = 'down'
    api.advance(3)
    expect((await list(grant('family1.token1'))).status).toBe(503)
  })

  test('healthz still answers 200, and an invalid token still gets 401', async () => {
    api.authServer.trouble = { endedTokens: 'down', jwks: 'down' }
    api.wait(LEASE_MS)
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
    expect((await list('no-token')).status).toBe(401)
  })

  test('the first request after the outage succeeds', async () => {
    api.authServer.trouble.endedTokens = 'down'
    api.wait(LEASE_MS)
    expect((await list(grant('family1.token1'))).status).toBe(503)
    api.authServer.trouble = {}
    expect((await list(grant('family1.token1'))).status).toBe(200)
  })

  test('a token that was withdrawn during the outage is refused from the first request', async () => {
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

test('the list of a server that was reset replaces the old one', async () => {
  await list(grant('family1.token1'))
  await api.authServer.end('family1')
  await api.authServer.end('family2')
  api.authServer.reset()
  await api.authServer.end('family3')
  expect((await list(grant('family1.token1'))).status).toBe(200)
  expectWithdrawn(await list(grant('family3.token1')))
})

test('a poll that starts over uses a new listener name, so that a delayed poll cannot confirm for it', async () => {
  await list(grant('family1.token1'))
  api.wait(LEASE_MS)
  await list(grant('family1.token1'))
  const starts = api.authServer.polls.filter(({ after }) => after === undefined)
  expect(starts.length).toBeGreaterThanOrEqual(2)
  expect(new Set(starts.map(({ listener }) => listener)).size).toBe(starts.length)
})

test('a copy that stops tells the server, so that no withdrawal waits for it', async () => {
  await list(grant('family1.token1'))
  await api.context.endedTokens.stop()
  expect(api.authServer.goodbyes).toEqual([api.authServer.polls.at(-1)?.listener])
})
