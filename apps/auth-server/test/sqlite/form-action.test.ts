/** A browser enforces form-action on every redirect that follows a form (CSP Level 3 §6.4.1). */
import { type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, consentPageOf, signIn, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
let alice: TestBrowser
let appUrl: string

beforeAll(async () => {
  server = await startAuthServer()
  alice = new TestBrowser()
  const developer = await signIn(server, alice, await alice.get(`${server.url}/login?next=developer`))
  const app = { client_name: 'An app', redirect_uris: 'https://app.example/' }
  appUrl = (await alice.submit(developer, app, 'client_name')).location.href
})
afterAll(() => server.stop())

const formActionOf = ({ headers }: Page) =>
  /form-action ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1]

const visit = (path: string) => alice.get(server.url + path)
const visitAsNobody = (path: string) => new TestBrowser().get(server.url + path)

async function loginPage(browser: TestBrowser, changes: Record<string, string> = {}) {
  return browser.follow(await browser.get(authorizationUrl(server, changes)), server.url)
}

async function wrongPassword() {
  const browser = new TestBrowser()
  return browser.submit(await loginPage(browser), { username: 'alice', password: 'wrong' })
}

async function signInAsSomebodyElse() {
  const browser = new TestBrowser()
  const consent = await consentPageOf(server, browser)
  return browser.follow(await browser.submit(consent, {}, 'not-me'), server.url)
}

describe('a page with a form that can lead to a client has no form-action', () => {
  test.each([
    ['the sign-in page', 200, () => loginPage(new TestBrowser())],
    ['the sign-in page after a wrong password', 401, wrongPassword],
    ['the sign-in page without an authorization request', 200, () => visitAsNobody('/login')],
    ['the sign-in page after a switch of users', 200, signInAsSomebodyElse],
    ['the sign-in page of prompt=login', 200, () => loginPage(alice, { prompt: 'login' })],
    ['the consent page', 200, () => consentPageOf(server, alice)],
    [
      'the consent page with nothing ticked',
      400,
      async () => alice.submit(await consentPageOf(server, alice), { decision: 'allow', scope: [] }),
    ],
  ])('%s', async (_what, status, open) => {
    const page = await open()
    expect(page.status).toBe(status)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('content-security-policy')).not.toContain('form-action')
  })
})

describe("any other page has form-action 'self'", () => {
  test.each([
    ['the start page', 200, () => visit('/')],
    ['the account page', 200, () => visit('/account')],
    ['the developer page', 200, () => visit('/developer')],
    ['the page of an app', 200, () => alice.get(appUrl)],
    ['the page to make a new secret', 200, () => alice.get(`${appUrl}/secret/new`)],
    ['the page to delete an app', 200, () => alice.get(`${appUrl}/delete`)],
    ['an error of the authorization request', 400, () => visit('/authorize?client_id=nobody')],
    ['an error of the sign-in page', 400, () => visitAsNobody('/login?request=none')],
    ['an error of the consent page', 400, () => visit('/consent?request=none')],
    ['a form without its anti-forgery field', 403, () => alice.post(`${server.url}/consent`, {})],
    ['a page that does not exist', 404, () => visit('/nowhere')],
  ])('%s', async (_what, status, open) => {
    const page = await open()
    expect(page.status).toBe(status)
    expect(formActionOf(page)).toBe("'self'")
  })
})
