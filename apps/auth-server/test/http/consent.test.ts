import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  authorizationUrl,
  authorize,
  claimsOf,
  consentPageOf as consentPage,
  redeem,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

async function loginPageOf(browser: TestBrowser, changes: Record<string, string> = {}) {
  return browser.follow(await browser.get(authorizationUrl(server, changes)), server.url)
}

function consentPageOf(browser: TestBrowser, changes?: Record<string, string>) {
  return consentPage(server, browser, changes)
}

describe('consent', () => {
  test('each scope has a checkbox, checked at first', async () => {
    const page = await consentPageOf(new TestBrowser())
    expect(readForms(page)[0]?.fields.scope).toEqual(['calendar.read', 'calendar.write'])
    expect(page.body).toContain('Tripmate')
  })

  test('if nothing is ticked, nothing is allowed: the page says so and the request stays open', async () => {
    const browser = new TestBrowser()
    const page = await browser.submit(await consentPageOf(browser), { scope: [], decision: 'allow' })
    expect(page.status).toBe(400)
    expect(page.body).toContain('Tick at least one box')
    expect(page.body).toContain('<title>Error: Allow Tripmate?')
    const answer = await browser.submit(page, { scope: 'calendar.read', decision: 'allow' })
    expect(answer.location.searchParams.has('code')).toBe(true)
  })

  test('a form cannot grant what was not requested', async () => {
    const browser = new TestBrowser()
    const page = await consentPageOf(browser, { scope: 'calendar.read' })
    const forged = await browser.submit(page, { scope: 'calendar.write', decision: 'allow' })
    expect(forged.status).toBe(400)
  })

  test('a request is answered once: a double click gets a page, not a second code', async () => {
    const browser = new TestBrowser()
    const page = await consentPageOf(browser)
    const answers = await Promise.all([1, 2, 3].map(() => browser.submit(page, { decision: 'allow' })))
    expect(answers.map(answer => answer.status).sort()).toEqual([303, 409, 409])
  })

  test('the back button after the answer shows a page that says so', async () => {
    const browser = new TestBrowser()
    const page = await consentPageOf(browser)
    await browser.submit(page, { decision: 'allow' })
    const back = await browser.get(page.url)
    expect(back.status).toBe(409)
    expect(back.body).toContain('already answered this request')
    expect(back.body).toContain('Go to Tripmate')
  })

  test('going back to the sign-in page redirects to the consent page', async () => {
    const browser = new TestBrowser()
    const login = await loginPageOf(browser, { prompt: 'consent' })
    await signIn(server, browser, login)
    expect((await browser.get(login.url)).location.pathname).toBe('/consent')
  })

  test('two tabs do not interfere: each answer belongs to its own request', async () => {
    const browser = new TestBrowser()
    const first = await consentPageOf(browser, { state: 'first', scope: 'calendar.read' })
    const second = await consentPageOf(browser, { state: 'second' })
    const denied = await browser.submit(second, { decision: 'deny' })
    const allowed = await browser.submit(first, { decision: 'allow' })
    expect(denied.location.searchParams.get('state')).toBe('second')
    expect(denied.location.searchParams.get('error')).toBe('access_denied')
    expect(allowed.location.searchParams.get('state')).toBe('first')
    expect(allowed.location.searchParams.has('code')).toBe(true)
  })

  test('a request cannot be answered in another browser', async () => {
    const page = await consentPageOf(new TestBrowser())
    const victim = new TestBrowser()
    await consentPageOf(victim)
    const other = await victim.get(page.url)
    expect(other.status).toBe(400)
    expect(other.body).toContain('started in another browser')
  })

  test('a user who finds someone else signed in can switch, and the request then belongs to the new user only', async () => {
    const browser = new TestBrowser()
    await authorize(server, {}, browser) // alice has allowed everything
    const asked = await consentPageOf(browser, { state: 'kept' })
    const login = await browser.follow(await browser.submit(asked, {}, 'not-me'), server.url)
    expect(login.url).toContain('/login?request=')
    expect((await browser.get(`${server.url}/account`)).location.pathname).toBe('/login')
    expect((await browser.submit(asked, { decision: 'allow' })).status).toBe(403)

    const consent = await signIn(server, browser, login, 'bob', 'builder')
    expect(consent.url).toContain('/consent')
    expect(consent.body).toContain('You are signed in as <strong>Bob Builder</strong>')
    const { location } = await browser.submit(consent, { decision: 'allow', scope: 'calendar.read' })
    expect(location.searchParams.get('state')).toBe('kept')
    const answer = await redeem(server, location.searchParams.get('code') ?? '')
    expect(answer.json.scope).toBe('calendar.read')
    const bob = await server.context.db.selectFrom('users').select('id').where('username', '=', 'bob').execute()
    expect([{ id: claimsOf(answer.json.access_token).claims.sub }]).toEqual(bob)
  })

  test('what one user has allowed does not count for the next: they are asked, even without prompt', async () => {
    const browser = new TestBrowser()
    const login = await loginPageOf(browser)
    const asked = await consentPageOf(browser)
    await browser.submit(asked, {}, 'not-me')
    // With this request, a user who has allowed it before, like alice, is not asked.
    const consent = await signIn(server, browser, await browser.get(login.url), 'bob', 'builder')
    expect(consent.status).toBe(200)
    expect(consent.body).toContain('Tripmate asks for access to your calendar')
  })

  test('a browser can switch users only for its own requests', async () => {
    const victim = new TestBrowser()
    const page = await consentPageOf(victim)
    const others = await consentPageOf(new TestBrowser())
    const request = readForms(others)[0]?.fields.request ?? ''
    expect((await victim.submit(page, { request }, 'not-me')).status).toBe(400)
    expect((await victim.get(`${server.url}/account`)).status).toBe(200)
  })

  test.each(['/login', '/consent', '/consent/sign-out'])(
    'the URL that the form of %s is sent to can also be opened',
    async path => {
      const browser = new TestBrowser()
      const login = await loginPageOf(browser, { prompt: 'consent' })
      const page = path === '/login' ? login : await signIn(server, browser, login)
      const form = readForms(page).find(({ action }) => new URL(action).pathname === path)
      const again = await browser.follow(await browser.get(form?.action ?? ''), server.url)
      expect([again.status, again.url]).toEqual([200, page.url])
    },
  )

  test('an unanswered request expires', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      const page = await browser.follow(await browser.get(authorizationUrl(own)), own.url)
      own.advance(30 * 60 + 1)
      const late = await browser.submit(page, { username: 'alice', password: 'wonderland' })
      expect(late.status).toBe(400)
    } finally {
      await own.stop()
    }
  })
})
