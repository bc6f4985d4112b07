import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, authorize, signIn, startAuthServer, type TestAuthServer, tokens } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

async function loginPageOf(browser: TestBrowser, changes: Record<string, string> = {}) {
  return browser.follow(await browser.get(authorizationUrl(server, changes)), server.url)
}

describe('signing in', () => {
  test('after a wrong password the page is shown again, and the request is not lost', async () => {
    const browser = new TestBrowser()
    const again = await browser.submit(await loginPageOf(browser), { username: 'alice', password: 'looking-glass' })
    expect(again.status).toBe(401)
    expect(again.body).toContain('username or the password is wrong')
    expect(again.body).toContain('<title>Error: Sign in')
    expect(again.body).not.toContain('looking-glass')
    expect((await signIn(server, browser, again)).url).toContain('/consent')
  })

  test('an unknown user name gets the same response as a wrong password (user enumeration)', async () => {
    const pages = await Promise.all(
      ['alice', 'nobody'].map(async username => {
        const browser = new TestBrowser()
        return browser.submit(await browser.get(`${server.url}/login`), { username, password: 'wrong' })
      }),
    )
    const [known, unknown] = pages.map(({ status, body }) => {
      const same = body.replace(/name="_csrf" value="[^"]*"/g, '').replace(/alice|nobody/g, 'X')
      return { status, same: same.replace(/<section id="see-through[\s\S]*?<\/section>/g, '').slice(0, 2000) }
    })
    expect(known).toEqual(unknown)
  })

  test('an empty form says what to do', async () => {
    const browser = new TestBrowser()
    const page = await browser.submit(await loginPageOf(browser), { username: '', password: '' })
    expect(page.status).toBe(400)
    expect(page.body).toContain('Enter your username')
  })

  test('with an https origin the session cookie is Secure, even behind a proxy that terminates TLS', async () => {
    const own = await startAuthServer({ AUTH_SERVER_URL: 'https://accounts.example' })
    try {
      const page = await fetch(`${own.url}/login`, { headers: { 'X-Forwarded-Proto': 'https' } })
      expect(page.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/)
    } finally {
      await own.stop()
    }
  })

  test('the session gets a new id at sign-in (session fixation)', async () => {
    const browser = new TestBrowser()
    const page = await loginPageOf(browser)
    const before = browser.cookie(server.url, 'glasshouse-accounts.sid')
    await signIn(server, browser, page)
    const after = browser.cookie(server.url, 'glasshouse-accounts.sid')
    expect(before).toBeTruthy()
    expect(after).not.toBe(before)

    const attacker = new TestBrowser()
    attacker.setCookie(server.url, 'glasshouse-accounts.sid', before ?? '')
    expect((await attacker.get(`${server.url}/account`)).location.pathname).toBe('/login')
  })

  test('scripts cannot read the session cookie, and cross-site forms do not send it', async () => {
    const page = await new TestBrowser().get(authorizationUrl(server))
    expect(page.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/)
  })

  test('too many wrong passwords for one account get 429 with Retry-After and a clear message', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      let page = await browser.get(`${own.url}/login`)
      const statuses: number[] = []
      for (let attempt = 0; attempt < 11; attempt++) {
        page = await browser.submit(page, { username: 'bob', password: `guess ${attempt}` })
        statuses.push(page.status)
      }
      expect(statuses).toEqual([...Array(10).fill(401), 429])
      expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(page.body).toContain('Too many wrong passwords')
      // Even the right password is refused now; otherwise guessing could go on.
      expect((await browser.submit(page, { username: 'bob', password: 'builder' })).status).toBe(429)
      // Other accounts are not affected.
      expect((await browser.submit(page, { username: 'alice', password: 'wonderland' })).status).toBe(303)
    } finally {
      await own.stop()
    }
  })

  test('simultaneous guesses are counted too', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      const page = await browser.get(`${own.url}/login`)
      const answers = await Promise.all(
        Array.from({ length: 14 }, (_, n) => browser.submit(page, { username: 'bob', password: `guess ${n}` })),
      )
      expect(answers.filter(answer => answer.status === 401)).toHaveLength(10)
      expect(answers.filter(answer => answer.status === 429)).toHaveLength(4)
    } finally {
      await own.stop()
    }
  })

  test('an address that tries many user names gets 429', async () => {
    const own = await startAuthServer()
    try {
      const browser = new TestBrowser()
      const page = await browser.get(`${own.url}/login`)
      let last = page
      for (let n = 0; n < 61; n++) last = await browser.submit(page, { username: `somebody${n}`, password: 'guess' })
      expect(last.status).toBe(429)
    } finally {
      await own.stop()
    }
  }, 20_000)
})

describe('every form carries the anti-forgery field', () => {
  test.each(['/login', '/consent', '/consent/sign-out', '/account/withdraw', '/account/sign-out'])(
    '%s without it gets 403',
    async path => {
      const browser = new TestBrowser()
      await signIn(server, browser, await browser.get(`${server.url}/login`))
      const page = await browser.post(new URL(path, server.url), { decision: 'allow', client_id: 'tripmate' })
      expect(page.status).toBe(403)
      expect(page.body).toContain('This form cannot be accepted')
      expect(page.body).toContain(`href="/${path.split('/')[1]}">Open the page again`)
    },
  )

  test('the sign-in page of a second tab, with an old field, continues as the signed-in user', async () => {
    const browser = new TestBrowser()
    const [first, second] = [
      await loginPageOf(browser, { prompt: 'consent' }),
      await loginPageOf(browser, { prompt: 'consent', state: 'second' }),
    ]
    await signIn(server, browser, first)
    const page = await signIn(server, browser, second, 'alice', 'not looked at')
    expect(page.url).toContain('/consent')
    const answer = await browser.submit(page, { decision: 'deny' })
    expect(answer.location.searchParams.get('state')).toBe('second')
  })

  test('the field of another session is refused', async () => {
    const attacker = new TestBrowser()
    const attackersForm = readForms(await attacker.get(`${server.url}/login`))[0]
    const victim = new TestBrowser()
    await victim.get(`${server.url}/login`)
    const page = await victim.post(`${server.url}/login`, {
      ...attackersForm?.fields,
      username: 'alice',
      password: 'wonderland',
    })
    expect(page.status).toBe(403)
  })
})

describe('every page', () => {
  test('has a policy that allows no other host, no inline script and no framing', async () => {
    const page = await loginPageOf(new TestBrowser())
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe-inline')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.body).not.toMatch(/(src|href)="https?:\/\/(?!localhost|127\.0\.0\.1|www\.rfc-editor\.org)/)
  })

  test('an unknown path gets a page', async () => {
    const page = await new TestBrowser().get(`${server.url}/nowhere`)
    expect(page.status).toBe(404)
    expect(page.body).toContain('Page not found')
  })
})

describe('a null byte, which PostgreSQL does not accept in text', () => {
  test.each(['/login', '/consent'])('in a parameter of %s is not a server error', async path => {
    expect((await new TestBrowser().get(`${server.url}${path}?request=%00`)).status).toBeLessThan(500)
  })

  test.each([{ username: 'alice\0' }, { password: '\0' }, { request: '\0' }])(
    'and neither is %j in a form',
    async fields => {
      const browser = new TestBrowser()
      const page = await browser.get(`${server.url}/login`)
      const answer = await browser.submit(page, { username: 'alice', password: 'wrong', ...fields })
      expect([400, 401]).toContain(answer.status)
    },
  )
})

describe('the account page', () => {
  test('requires sign-in', async () => {
    expect((await new TestBrowser().get(`${server.url}/account`)).location.pathname).toBe('/login')
  })

  test('shows which apps have access and to what, and can withdraw it', async () => {
    await tokens(server)
    const browser = new TestBrowser()
    const page = await signIn(server, browser, await browser.get(`${server.url}/login`))
    expect(page.body).toContain('Tripmate')
    expect(page.body).toContain('calendar.read calendar.write')
    const after = await browser.follow(await browser.submit(page, {}, 'client_id'), server.url)
    expect(after.body).toContain('no longer has access')
    expect(after.body).toContain('No app has access')
    // After a withdrawal, alice is asked again.
    expect((await browser.get(authorizationUrl(server))).location.pathname).toBe('/consent')
  })

  test('access cannot be withdrawn twice', async () => {
    const browser = new TestBrowser()
    await authorize(server, { prompt: 'consent' }, browser)
    const page = await browser.get(`${server.url}/account`)
    await browser.submit(page, {}, 'client_id')
    expect((await browser.submit(page, {}, 'client_id')).status).toBe(404)
  })

  test('signing out ends the session', async () => {
    const browser = new TestBrowser()
    const page = await signIn(server, browser, await browser.get(`${server.url}/login`))
    await browser.submit(page)
    expect((await browser.get(`${server.url}/account`)).location.pathname).toBe('/login')
  })
})
