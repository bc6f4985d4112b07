import { createClientSecretLimit } from '../../src/client-secret-limit'
import type { AuthServerStore } from '../../src/store/schema'

/** A single copy counts in memory, so the rest of the store is not needed. */
const store = { driver: { engine: 'sqlite' } } as Pick<AuthServerStore, 'driver'>

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

const [RIGHT, WRONG] = [() => true, () => false]

test('after a minute 60 more are allowed, and the previous minute is forgotten', async () => {
  const limit = createClientSecretLimit(store)
  for (let minute = 0; minute < 3; minute++) {
    for (let n = 0; n < 60; n++) expect((await limit.attempt('app', '192.0.2.1', WRONG)).outcome).toBe('wrong')
    expect(await limit.attempt('app', '192.0.2.1', RIGHT)).toEqual({ outcome: 'limited', retryAfter: 60 })
    jest.advanceTimersByTime(60_000)
    expect(jest.getTimerCount()).toBe(0)
  }
  expect(await limit.attempt('app', '192.0.2.1', RIGHT)).toEqual({ outcome: 'right', value: true })
})

test('once the limit is reached, the secret is not compared', async () => {
  const limit = createClientSecretLimit(store)
  for (let n = 0; n < 60; n++) await limit.attempt('app', '192.0.2.1', WRONG)
  const compare = jest.fn(RIGHT)
  await limit.attempt('app', '192.0.2.1', compare)
  expect(compare).not.toHaveBeenCalled()
})

test('an error in a comparison is passed on, and does not block the next attempt', async () => {
  const limit = createClientSecretLimit(store)
  const broken = limit.attempt('app', '192.0.2.1', () => {
    throw new Error('broken')
  })
  const next = limit.attempt('app', '192.0.2.1', RIGHT)
  await expect(broken).rejects.toThrow('broken')
  expect((await next).outcome).toBe('right')
})
