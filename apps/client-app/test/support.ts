/** Starts the real Tripmate between an authorization server and a calendar that a test controls. */
import type { RequestListener } from 'node:http'
import { createLog } from '@glasshouse/shared/log'
import { type Fields, type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../src/app'
import { readConfig } from '../src/config'
import type { Context } from '../src/context'
import { openContext } from '../src/open'
import { migrations } from '../src/store/migrations'
import { type FakeAccounts, startFakeAccounts } from './fake-accounts'
import { type FakeCalendar, startFakeCalendar } from './fake-calendar'

export const CLIENT_SECRET = 'tripmate-secret-for-tests-only-0123456789'
/** A Wednesday, 09:20 in Lisbon. */
export const NOW = Date.parse('2027-03-10T09:20:00Z')

export interface Tripmate {
  url: string
  accounts: FakeAccounts
  calendar: FakeCalendar
  context: Context
  /** Moves Tripmate's clock. @param s seconds */
  advance(s: number): void
  /** Starts another copy on the same store, at its own address. */
  startCopy(): Promise<string>
  stop(): Promise<void>
}

/** @param wrap what `main.ts` puts around the app */
export async function startTripmate(
  env: Record<string, string> = {},
  wrap: (app: RequestListener, context: Context) => RequestListener = app => app,
): Promise<Tripmate> {
  const accounts = await startFakeAccounts()
  const calendar = await startFakeCalendar(accounts)
  const server = await startTestServer()
  const store = await createTestStore({ service: 'client-app', migrations })
  const config = readConfig({
    CLIENT_APP_URL: server.url,
    AUTH_SERVER_URL: accounts.url,
    CALENDAR_API_URL: calendar.url,
    TRIPMATE_CLIENT_SECRET: CLIENT_SECRET,
    TRIPMATE_SESSION_SECRET: 'session-secret-for-tests-only-0123456789',
    TRIPMATE_ENCRYPTION_KEY: Buffer.alloc(32, 'key for tests').toString('base64url'),
    // Long enough for the busiest machine; a test of the timeouts sets its own.
    TRIPMATE_HTTP_TIMEOUT_MS: '20000',
    DATA_DIR: store.dataDir,
    ...(store.databaseUrl ? { DATABASE_URL: store.databaseUrl } : {}),
    ...env,
  })
  let now = NOW
  const log = createLog('client-app', 'silent')
  const opened = [await openContext(config, log, () => now)]
  const servers = [server]
  const context = opened[0]?.context as Context
  server.answerWith(wrap(createApp(context), context))
  return {
    url: server.url,
    accounts,
    calendar,
    context,
    advance(s) {
      now += s * 1000
    },
    async startCopy() {
      const copy = await openContext(config, log, () => now)
      opened.push(copy)
      const other = await startTestServer()
      servers.push(other)
      other.answerWith(createApp(copy.context))
      return other.url
    },
    async stop() {
      for (const one of servers) await one.stop()
      for (const { close } of opened) await close()
      await store.remove()
      await accounts.stop()
      await calendar.stop()
    },
  }
}

/** Step 1. @returns the URL that "Connect" sends the browser to */
export async function startConnecting(tripmate: Tripmate, browser: TestBrowser, query = ''): Promise<URL> {
  return (await browser.get(`${tripmate.url}/connect${query}`)).location
}

/** Steps 1 to 5, with access allowed at the authorization server. @returns the page that the browser ends on */
export async function connect(tripmate: Tripmate, browser = new TestBrowser(), scope?: string, query = '') {
  const url = await startConnecting(tripmate, browser, query)
  const answer = await browser.get(tripmate.accounts.allow(url, scope))
  return { browser, answer, page: await browser.follow(answer, tripmate.url) }
}

/** Submits the form on a page that has a field of this name, and follows the redirect. */
export async function submit(
  tripmate: Tripmate,
  browser: TestBrowser,
  path: string,
  fields: Fields,
  containing: string,
): Promise<Page> {
  const page = await browser.get(tripmate.url + path)
  return browser.follow(await browser.submit(page, fields, containing), tripmate.url)
}

export const DINNER = {
  summary: 'Dinner with the Hatter',
  start: '2027-03-12T19:00',
  end: '2027-03-12T21:00',
  timeZone: 'Europe/Lisbon',
}

export function addDinner(tripmate: Tripmate, browser: TestBrowser, fields: Fields = {}): Promise<Page> {
  return submit(tripmate, browser, '/', { ...DINNER, ...fields }, 'summary')
}

/** The page's visible text: without tags, white space collapsed. */
export function textOf(page: Pick<Page, 'body'>): string {
  return page.body
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
}
