import { createRegistrationLimit } from '../../src/registration-limit'
import { createSignInLimit } from '../../src/sign-in-limit'
import type { AuthServerStore } from '../../src/store/schema'

/** A single copy counts in memory, so the rest of the store is not needed. */
const store = { driver: { engine: 'sqlite' } } as Pick<AuthServerStore, 'driver'>

const MINUTE_MS = 60_000
const DAY_S = 24 * 60 * 60

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

describe('wrong passwords (RFC 6749 §10.10)', () => {
  const ADDRESS = '192.0.2.1'

  function guesser() {
    const limit = createSignInLimit(store)
    return {
      right: (username: string) => limit.attempt(username, ADDRESS, async () => 'a person'),
      wrong: (username: string, address = ADDRESS) => limit.attempt(username, address, async () => undefined),
    }
  }

  test('are limited to ten a minute and a hundred a day for each account', async () => {
    const { wrong } = guesser()
    for (let minute = 0; minute < 10; minute++) {
      for (let n = 0; n < 10; n++) expect(await wrong('bob')).toEqual({ outcome: 'wrong' })
      jest.advanceTimersByTime(MINUTE_MS - 1_000)
      expect((await wrong('bob')).outcome).toBe('limited')
      jest.advanceTimersByTime(1_000)
    }
    expect(await wrong('bob')).toEqual({ outcome: 'limited', retryAfter: DAY_S - 600 })
    expect((await wrong('alice')).outcome).toBe('wrong')
    jest.advanceTimersByTime(DAY_S * 1000)
    expect((await wrong('bob')).outcome).toBe('wrong')
  })

  test('still count after a right password in between', async () => {
    const { right, wrong } = guesser()
    for (let n = 0; n < 5; n++) await wrong('bob')
    expect((await right('bob')).outcome).toBe('right')
    for (let n = 0; n < 5; n++) await wrong('bob')
    expect((await right('bob')).outcome).toBe('limited')
  })

  test('are limited to sixty a minute for each address, whatever the user names', async () => {
    const { wrong } = guesser()
    for (let n = 0; n < 60; n++) expect((await wrong(`somebody${n}`)).outcome).toBe('wrong')
    expect((await wrong('alice')).outcome).toBe('limited')
    expect((await wrong('alice', '192.0.2.2')).outcome).toBe('wrong')
  })
})

describe('registrations (RFC 7591 §5)', () => {
  test('are limited to sixty a minute for each address', async () => {
    const limit = createRegistrationLimit(store)
    for (let n = 0; n < 60; n++) expect(await limit.count('192.0.2.1')).toBe(0)
    expect(await limit.count('192.0.2.1')).toBe(60)
    expect(await limit.count('192.0.2.2')).toBe(0)
  })

  test('are limited to a thousand a day', async () => {
    const limit = createRegistrationLimit(store)
    let letThrough = 0
    for (let minute = 0; minute < 20; minute++) {
      for (let n = 0; n < 60; n++) if ((await limit.count('192.0.2.1')) === 0) letThrough++
      jest.advanceTimersByTime(MINUTE_MS)
    }
    expect(letThrough).toBe(1000)
    expect(await limit.count('192.0.2.1')).toBe(DAY_S - 20 * 60)
  })
})
