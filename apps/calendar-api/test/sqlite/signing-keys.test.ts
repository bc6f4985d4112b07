import { createKey } from '../fake-auth-server'
import { callerOf, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeEach(async () => {
  api = await startCalendarApi()
})
afterEach(() => api.stop())

const list = (token = api.token('usr_2f8c1a')) => callerOf(api, token)('GET')

test('the keys are fetched once, however many requests wait for them', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => list()))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  api.wait(60_000)
  expect((await list()).status).toBe(200)
  expect(api.authServer.jwksRequests).toBe(1)
})

test('a new key is fetched when a token names it, but not more than once in 30 seconds', async () => {
  expect((await list()).status).toBe(200)
  const key = createKey('RS256')
  api.authServer.keys.unshift(key)
  expect((await list(api.token('usr_2f8c1a', { key }))).status).toBe(401)
  expect(api.authServer.jwksRequests).toBe(1)
  api.wait(30_000)
  expect((await list(api.token('usr_2f8c1a', { key }))).status).toBe(200)
  expect(api.authServer.jwksRequests).toBe(2)
})

test('tokens with invented kids cause no fetch', async () => {
  await list()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => list(api.token('usr_2f8c1a', { key: createKey() }))),
  )
  expect(answers.every(({ status }) => status === 401)).toBe(true)
  expect(api.authServer.jwksRequests).toBe(1)
})

test.each([undefined, 7, null, ['x']])('kid %p is not a key id and causes no fetch', async kid => {
  await list()
  api.wait(30_000)
  expect((await list(api.token('usr_2f8c1a', { header: { kid } }))).status).toBe(401)
  expect(api.authServer.jwksRequests).toBe(1)
})

test.each(['down', 'nonsense'] as const)(
  'keys that cannot be fetched (%s): 503, and another fetch one second later',
  async trouble => {
    api.authServer.trouble.jwks = trouble
    const answer = await list()
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(answer.json.detail).toMatch('does not have the key')
    expect((await list()).status).toBe(503)
    expect(api.authServer.jwksRequests).toBe(1)

    api.authServer.trouble = {}
    api.wait(1_000)
    expect((await list()).status).toBe(200)
  },
)

test('a removed key is accepted for ten minutes at most', async () => {
  const stolen = api.token('usr_2f8c1a')
  expect((await list(stolen)).status).toBe(200)
  api.authServer.keys.splice(0, 1, createKey())
  api.wait(9 * 60_000)
  expect((await list(stolen)).status).toBe(200)
  api.wait(60_000)
  expect((await list(stolen)).status).toBe(401)
  expect((await list()).status).toBe(200)
})

test('keys that are due for a new fetch still work if it fails', async () => {
  await list()
  api.authServer.trouble.jwks = 'down'
  api.wait(10 * 60_000)
  expect((await list()).status).toBe(200)
})

test('known keys still work while new ones cannot be fetched', async () => {
  await list()
  api.authServer.trouble.jwks = 'down'
  api.wait(30_000)
  expect((await list(api.token('usr_2f8c1a', { key: createKey() }))).status).toBe(503)
  expect((await list()).status).toBe(200)
})

describe('an authorization server that announces its keys (docs/decisions/key-rotation.md)', () => {
  beforeEach(() => {
    api.authServer.namesKeys = true
  })

  test('a stolen key is refused as soon as its removal is known', async () => {
    const stolen = api.token('usr_2f8c1a')
    expect((await list(stolen)).status).toBe(200)
    api.authServer.keys.splice(0, 1, createKey())
    await api.authServer.end('whatever')
    expect((await list(stolen)).status).toBe(401)
  })

  test('the first token of a new key is accepted, however recent the last fetch is', async () => {
    await list()
    const key = createKey()
    api.authServer.keys.unshift(key)
    await api.authServer.end('whatever')
    expect((await list(api.token('usr_2f8c1a', { key }))).status).toBe(200)
    expect(api.authServer.jwksRequests).toBe(2)
  })

  test('invented kids still cause no fetch', async () => {
    await list()
    await api.authServer.end('whatever')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => list(api.token('usr_2f8c1a', { key: createKey() }))),
    )
    expect(answers.every(({ status }) => status === 401)).toBe(true)
    expect(api.authServer.jwksRequests).toBe(1)
  })
})
