import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import * as argon2 from '@node-rs/argon2'
import { signIn, startAuthServer, type TestAuthServer } from '../support'

jest.mock('@node-rs/argon2', () => {
  const actual = jest.requireActual('@node-rs/argon2')
  return { ...actual, verify: jest.fn(actual.verify) }
})

const COOKIE = 'glasshouse-accounts.sid'

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer()
})
afterEach(() => server.stop())

const loginPageOf = (browser: TestBrowser, query = '') => browser.get(`${server.url}/login${query}`)

describe('a guesser cannot find out who has an account', () => {
  test.each(['alice', 'nobody'])(
    'from the response time: %s costs one comparison (user enumeration)',
    async username => {
      const browser = new TestBrowser()
      const page = await loginPageOf(browser)
      jest.mocked(argon2.verify).mockClear()
      await browser.submit(page, { username, password: 'guess' })
      expect(argon2.verify).toHaveBeenCalledTimes(1)
    },
  )

  test.each(['bob', 'nobody'])(
    'from the limit: %s gets 429 after ten guesses, however the name is spelled',
    async name => {
      const browser = new TestBrowser()
      const page = await loginPageOf(browser)
      const statuses: number[] = []
      for (let n = 0; n < 11; n++) {
        const username = n % 2 ? ` ${name.toUpperCase()}` : name
        statuses.push((await browser.submit(page, { username, password: 'guess' })).status)
      }
      expect(statuses).toEqual([...Array(10).fill(401), 429])
    },
  )
})

describe('next is a name and never a URL (RFC 9700 §4.11), also', () => {
  const NEXT = `?next=${encodeURIComponent('https://evil.example/')}`

  test('for a user who is already signed in', async () => {
    const browser = new TestBrowser()
    await signIn(server, browser, await loginPageOf(browser))
    expect((await loginPageOf(browser, NEXT)).location.href).toBe(`${server.url}/account`)
  })

  test('for a user who signs in on a page from an earlier session', async () => {
    const browser = new TestBrowser()
    const [first, second] = [await loginPageOf(browser), await loginPageOf(browser)]
    await signIn(server, browser, first)
    const fields = { username: 'alice', password: 'not looked at', next: 'https://evil.example/' }
    expect((await browser.submit(second, fields)).location.href).toBe(`${server.url}/account`)
  })
})

describe('a session', () => {
  test('ends twelve hours after it was last used', async () => {
    const browser = new TestBrowser()
    await signIn(server, browser, await loginPageOf(browser))
    server.advance(12 * 3600 - 1)
    expect((await browser.get(`${server.url}/account`)).status).toBe(200)
    server.advance(12 * 3600)
    expect((await browser.get(`${server.url}/account`)).location.pathname).toBe('/login')
  })

  test('is over after sign-out, even for a thief who has kept its cookie', async () => {
    const browser = new TestBrowser()
    const account = await signIn(server, browser, await loginPageOf(browser))
    const stolen = browser.cookie(server.url, COOKIE) ?? ''
    await browser.submit(account)
    const thief = new TestBrowser()
    thief.setCookie(server.url, COOKIE, stolen)
    expect((await thief.get(`${server.url}/account`)).location.pathname).toBe('/login')
  })
})
