import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { signIn, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

const post = (path: string, fields: Record<string, string> = {}, browser = new TestBrowser()) =>
  browser.post(server.url + path, fields)

describe('a form sent to', () => {
  test.each(['/nowhere', '/login/nowhere', '/account/nowhere', '/token/nowhere', '/assets/glasshouse.css'])(
    '%s, where there is no page, gets 404',
    async path => {
      const { status, body } = await post(path)
      expect(status).toBe(404)
      expect(body).toContain('Page not found')
    },
  )

  test.each(['/', '/account', '/developer/app_0/secret/new', '/favicon.svg'])(
    '%s, a read-only page, gets 405 (RFC 9110 §15.5.6)',
    async path => {
      const { status, headers } = await post(path)
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    },
  )

  test.each(['/login/', '/LOGIN', '/developer/app_0/delete'])('%s without its hidden field gets 403', async path => {
    expect((await post(path)).status).toBe(403)
  })
})

describe('the page for a refused form says what happened', () => {
  async function signedIn() {
    const browser = new TestBrowser()
    const page = await signIn(server, browser, await browser.get(`${server.url}/login?next=developer`))
    const form = readForms(page).find(({ names }) => names.includes('client_name'))
    return { browser, fields: { ...form?.fields, client_name: 'x', redirect_uris: 'https://app.example/' } }
  }

  test('if the field is missing', async () => {
    const { browser } = await signedIn()
    const { status, body } = await post('/account/withdraw', { client_id: 'tripmate' }, browser)
    expect(status).toBe(403)
    expect(body).toContain('The hidden field that our pages put into their forms is missing')
    expect(body).toContain('Nothing was changed.')
  })

  test('if the session has ended, or no cookie was sent', async () => {
    const { fields } = await signedIn()
    const { status, body } = await post('/login', { ...fields, username: 'alice', password: 'wonderland' })
    expect(status).toBe(403)
    expect(body).toContain('Your session has ended since you opened the page')
    expect(body).toContain('check that cookies are allowed for this site')
    expect(body).not.toContain('put into their forms is missing')
  })

  test('if someone has signed in or out in another tab', async () => {
    const { browser, fields } = await signedIn()
    await post('/account/sign-out', fields as Record<string, string>, browser)
    const login = await browser.get(`${server.url}/login`)
    await signIn(server, browser, login, 'bob', 'builder')
    await browser.get(`${server.url}/account`)
    const { status, body } = await post('/developer', fields as Record<string, string>, browser)
    expect(status).toBe(403)
    expect(body).toContain('Someone signed in or out in this browser after you opened the page')
    expect(body).toContain('href="/developer">Open the page again')
  })

  test('it shows what was typed, which the back button would lose, but never a password', async () => {
    const typed = { _csrf: 'gone', client_name: '<b>My app', redirect_uris: 'https://app.example/', password: 'hush' }
    const headers = { 'Sec-Fetch-Site': 'same-origin' }
    const { body } = await new TestBrowser().post(`${server.url}/login`, typed, headers)
    expect(body).toContain('<code>&lt;b&gt;My app</code>')
    expect(body).toContain('<code>https://app.example/</code>')
    const [shown = ''] = body.split('<aside')
    expect(shown).not.toContain('hush')
    expect(shown).not.toContain('gone')
  })

  test.each(['cross-site', 'same-site', 'none'])('it does not show text from a %s form', async site => {
    const { body } = await new TestBrowser().post(
      `${server.url}/login`,
      { client_name: 'Call this number' },
      { 'Sec-Fetch-Site': site },
    )
    const [shown = ''] = body.split('<aside')
    expect(shown).not.toContain('Call this number')
    expect(shown).not.toContain('What you typed')
  })
})
