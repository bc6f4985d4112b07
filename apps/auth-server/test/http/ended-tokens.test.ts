import { createLog } from '@glasshouse/shared/log'
import { openContext } from '../../src/open'
import { changeConsent, endAccessToken, removeClient, withdrawConsent } from '../../src/tokens/withdrawal'
import {
  API_SECRET,
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

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer()
  // A request that waits sees time pass only when a test calls pass().
  jest.useFakeTimers({ doNotFake: NOT_FAKED })
})
afterEach(async () => {
  jest.useRealTimers()
  await server.stop()
})

const NOT_FAKED = [
  'Date',
  'hrtime',
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const satisfies FakeableAPI[]

const pass = (ms: number) => jest.advanceTimersByTime(ms)

const RESOURCE_SERVER = basic('calendar-api', API_SECRET)
const CLIENT = { client_id: 'tripmate', client_secret: SECRET }

/** Watches a request: `answered` says whether its answer has arrived. */
function pending<T>(answer: Promise<T>) {
  const request = { answer, answered: false }
  void answer.then(() => {
    request.answered = true
  })
  return request
}

/** Gives the server time to answer all requests that need not wait. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await postForm(server, '/introspect', { token: 'x' }, { Authorization: RESOURCE_SERVER })
}

const listen = (query: string, authorization = RESOURCE_SERVER, method = 'GET') =>
  fetch(`${server.url}/ended-tokens?${query}`, { method, headers: { Authorization: authorization } })

interface Update {
  ended: { seq: number; id: string; expires_at: number }[]
  last: number
  lease: number
}

/** @param after the last entry that the listener confirms; omitted by a listener that has just started */
async function poll(listener: string, after?: number): Promise<Update> {
  const answer = await listen(`listener=${listener}${after === undefined ? '' : `&after=${after}`}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Update
}

const leave = (listener: string) => listen(`listener=${listener}`, undefined, 'DELETE')

const revoke = (token: string) => postForm(server, '/revoke', { token, ...CLIENT })

/** Revokes a new token. @returns when the token has ended; the request is answered once every listener knows */
async function endOne() {
  const { access_token } = await tokens(server)
  const request = pending(revoke(access_token))
  await turns()
  return { id: claimsOf(access_token).claims.jti as string, request }
}

/** Revokes a new token while there are no listeners. @returns its id */
async function endedOne(): Promise<string> {
  const { id, request } = await endOne()
  await request.answer
  return id
}

test('only resource servers may read the list', async () => {
  expect((await listen('listener=some-listener', basic('tripmate', SECRET))).status).toBe(403)
  expect((await listen('listener=some-listener', basic('calendar-api', 'wrong'))).status).toBe(401)
  expect((await listen('listener=x')).status).toBe(400)
  expect((await listen('listener=some-listener&after=-1')).status).toBe(400)
})

describe('a poll', () => {
  test('gets the whole list at first, and then only new entries', async () => {
    const ids = [await endedOne(), await endedOne(), await endedOne()]
    const first = await poll('some-listener')
    expect(first).toEqual({
      ended: ids.map((id, index) => ({ seq: index + 1, id, expires_at: expect.any(Number) })),
      last: 3,
      lease: 3,
      kids: [expect.any(String)],
    })
    const held = poll('some-listener', 3)
    const { id, request } = await endOne()
    expect(await held).toMatchObject({ ended: [{ seq: 4, id }], last: 4 })
    expect(await poll('some-listener', 2)).toMatchObject({ ended: [{ seq: 3 }, { seq: 4 }], last: 4 })
    await leave('some-listener')
    expect((await request.answer).status).toBe(200)
  })

  test('is held for a second while nothing is new', async () => {
    await endedOne()
    const held = pending(poll('some-listener', 1))
    await turns()
    pass(975)
    await turns()
    expect(held.answered).toBe(false)
    pass(25)
    expect(await held.answer).toMatchObject({ ended: [], last: 1, lease: 3 })
  })

  test('ends when the listener has disconnected', async () => {
    const gone = new AbortController()
    const held = server.context.endedTokens.poll('some-listener', 0, gone.signal)
    gone.abort()
    expect(await held).toEqual({ ended: [], last: 0 })
  })

  test('with an entry number from before a reset gets the whole list', async () => {
    const id = await endedOne()
    expect(await poll('some-listener', 2)).toMatchObject({ ended: [{ seq: 1, id }], last: 1 })
  })

  test('gets the tokens that another copy has ended, although the copies share only the database', async () => {
    const { config, clock } = server.context
    const copy = await openContext(config, createLog('copy', 'silent'), clock)
    try {
      const held = pending(poll('some-listener', 0))
      await turns()
      const ended = endAccessToken(copy.context, 'a-family.a-token', Math.ceil(clock() / 1000) + 60)
      await turns()
      expect(held.answered).toBe(false)
      pass(250)
      expect((await held.answer).ended).toMatchObject([{ id: 'a-family.a-token' }])
      const next = poll('some-listener', 1)
      await turns()
      pass(25)
      await ended
      pass(1000)
      await next
    } finally {
      await copy.close()
    }
  })
})

describe('an answer to /revoke', () => {
  test('waits until every listener has confirmed', async () => {
    await poll('a-quick-listener')
    await poll('a-patient-listener')
    const { request } = await endOne()
    expect((await poll('a-quick-listener', 0)).ended).toHaveLength(1)
    const quick = pending(poll('a-quick-listener', 1))
    expect((await poll('a-patient-listener', 0)).ended).toHaveLength(1)
    await turns()
    expect(request.answered).toBe(false)
    const patient = pending(poll('a-patient-listener', 1))
    expect((await request.answer).status).toBe(200)
    expect([quick.answered, patient.answered]).toEqual([false, false])
    pass(1000)
    await Promise.all([quick.answer, patient.answer])
  })

  test('waits for a listener while its lease runs, for three seconds after its last poll', async () => {
    await poll('silent-listener')
    const { request } = await endOne()
    server.advance(2.9)
    pass(25)
    await turns()
    expect(request.answered).toBe(false)
    server.advance(0.1)
    pass(25)
    expect((await request.answer).status).toBe(200)
  })

  test('waits no longer than a lease and half a second for answers on their way', async () => {
    await poll('silent-listener')
    const { request } = await endOne()
    pass(3475)
    await turns()
    expect(request.answered).toBe(false)
    pass(25)
    expect((await request.answer).status).toBe(200)
  })

  test('does not wait for a listener that has left', async () => {
    await poll('leaving-listener')
    const { request } = await endOne()
    await turns()
    expect(request.answered).toBe(false)
    expect((await leave('leaving-listener')).status).toBe(204)
    expect((await request.answer).status).toBe(200)
  })
})

test('a server that stops answers the requests and polls that wait', async () => {
  await poll('silent-listener')
  const { request } = await endOne()
  const held = pending(poll('patient-listener', 1))
  await turns()
  expect([request.answered, held.answered]).toEqual([false, false])
  server.context.endedTokens.close()
  expect((await request.answer).status).toBe(200)
  expect((await held.answer).ended).toEqual([])
})

describe('an ended token stays on the list until a minute after it would have expired', () => {
  test.each<[string, (given: Awaited<ReturnType<typeof tokens>>) => Promise<unknown>]>([
    ['an access token', ({ access_token }) => revoke(access_token)],
    ['all tokens from one code', ({ refresh_token }) => revoke(refresh_token)],
    ['all tokens from the consent of a user', () => withdrawConsent(server.context, 'usr_2f8c1a', 'tripmate')],
    ['all tokens of a client', () => removeClient(server.context, 'tripmate')],
  ])('%s', async (_what, end) => {
    const given = await tokens(server)
    await end(given)
    const { exp } = claimsOf(given.access_token).claims
    expect(new Set((await poll('some-listener')).ended.map(entry => entry.expires_at))).toEqual(new Set([exp + 60]))
  })
})

describe('a request that ends several tokens is answered once every listener has confirmed, also when', () => {
  interface Given {
    code: string
    refresh_token: string
  }
  test.each<[string, (given: Given) => Promise<unknown>]>([
    ['a refresh token is revoked', ({ refresh_token }) => revoke(refresh_token)],
    [
      'a refresh token is used twice',
      async ({ refresh_token }) => {
        await refresh(server, refresh_token)
        return refresh(server, refresh_token)
      },
    ],
    ['a code is used twice', ({ code }) => redeem(server, code)],
    ['a user withdraws consent', () => withdrawConsent(server.context, 'usr_2f8c1a', 'tripmate')],
    [
      'a user allows less than before',
      () => changeConsent(server.context, 'usr_2f8c1a', 'tripmate', ['calendar.read']),
    ],
    ['a client is deleted', () => removeClient(server.context, 'tripmate')],
  ])('%s', async (_what, end) => {
    const code = await authorizeForCode(server)
    const { refresh_token } = (await redeem(server, code)).json
    await poll('some-listener')
    const request = pending(end({ code, refresh_token }))
    await turns()
    expect(request.answered).toBe(false)
    const { last } = await poll('some-listener', 0)
    const confirming = poll('some-listener', last)
    await turns()
    expect(request.answered).toBe(true)
    pass(1000)
    await confirming
  })
})
