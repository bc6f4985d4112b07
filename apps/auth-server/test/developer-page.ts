/** Helpers for the tests of the developer page: they sign in, register an app and read what the page shows. */
import { type Page, readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { signIn, startAuthServer, type TestAuthServer } from './support'

export const CALLBACK = 'https://app.example/callback'

export function secretOn(page: Page): string | undefined {
  return /id="client-secret">([\w-]{43})</.exec(page.body)?.[1]
}

export function linkOn(page: Page, label: string): URL {
  const href = new RegExp(`<a [^>]*href="([^"]*)"[^>]*>${label}</a>`).exec(page.body)?.[1]
  if (!href) throw new Error(`no link "${label}" on ${page.url}`)
  return new URL(href, page.url)
}

/** The fields of the form on the developer page. */
export function formOn(page: Page, action: string) {
  return readForms(page).find(form => form.action === action)?.fields ?? {}
}

/**
 * Starts an authorization server for the tests of one file. Each test can register as many apps as the limit allows.
 * @returns the server (available once a test runs), and what a user does on its developer page
 */
export function developerServer() {
  const its = {} as { server: TestAuthServer }
  beforeEach(async () => {
    its.server ??= await startAuthServer()
    jest.spyOn(its.server.context.registrationLimit, 'count').mockResolvedValue(0)
  })
  afterEach(() => jest.restoreAllMocks())
  afterAll(() => its.server.stop())

  /** The developer page, opened by a user who must sign in first. */
  async function developerPageOf(username = 'alice', password = 'wonderland') {
    const browser = new TestBrowser()
    const login = await browser.follow(await browser.get(`${its.server.url}/developer`), its.server.url)
    const page = await signIn(its.server, browser, login, username, password)
    expect(page.url).toBe(`${its.server.url}/developer`)
    return { browser, page }
  }

  async function registerApp(fields: Record<string, string> = {}) {
    const { browser, page } = await developerPageOf()
    const answer = await browser.submit(
      page,
      { client_name: 'My own app', redirect_uris: CALLBACK, ...fields },
      'client_name',
    )
    expect(answer.status).toBe(303)
    const app = await browser.follow(answer, its.server.url)
    const id = /<code>(app_[0-9a-f]{24})<\/code>/.exec(app.body)?.[1] ?? ''
    expect(app.url).toBe(`${its.server.url}/developer/${id}`)
    return { browser, app, id, secret: secretOn(app), url: app.url }
  }

  /** All sessions and clients in the database, as an attacker with a copy of it could read them. */
  async function stored(): Promise<string> {
    const { db } = its.server.context
    const [rows, sessions] = await Promise.all(
      (['clients', 'sessions'] as const).map(table => db.selectFrom(table).selectAll().execute()),
    )
    return JSON.stringify([rows, sessions])
  }

  return { its, developerPageOf, registerApp, stored }
}
