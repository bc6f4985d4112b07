/** Starts the real calendar API on a free port, with a fake authorization server and clocks that a test can move. */
import { randomBytes } from 'node:crypto'
import { createLog } from '@glasshouse/shared/log'
import { failOnUndescribedAnswers, holdToDescription } from '@glasshouse/shared/testing/described-answers'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore, type TestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../src/app'
import { readConfig } from '../src/config'
import type { Context } from '../src/context'
import { describeApi } from '../src/description/document'
import { openContext } from '../src/open'
import { migrations } from '../src/store/migrations'
import { FakeAuthServer, signToken, type TokenChanges } from './fake-auth-server'

export const API_SECRET = 'calendar-api-secret-for-tests-0123456789'

/** Every answer of the API must be as its document describes it. Pages, their files and the demo's levers are not in it. */
const PAGES = ['/', '/callback', '/docs', '/assets', '/favicon.svg', '/favicon.ico', '/demo']
failOnUndescribedAnswers()

export interface TestCalendarApi {
  url: string
  authServer: FakeAuthServer
  context: Context
  store: TestStore
  /** A valid access token for a user, except for the changes. */
  token(owner: string, changes?: TokenChanges): string
  /** Moves the time of day. @param s seconds */
  advance(s: number): void
  /** Moves the stopwatch, so that leases and pauses expire. @param ms milliseconds */
  wait(ms: number): void
  /** What happens at intervals, happens now. @returns how much that is */
  tick(): Promise<number>
  stop(): Promise<void>
}

/**
 * @param listens whether it polls for withdrawn tokens all the time, as in production; otherwise only when a request needs it
 * @param stopwatch in milliseconds; one that always says 0 moves only with `wait`
 * @param beside another copy of the service, with the same database
 */
export async function startCalendarApi({
  listens = true,
  now = Date.now,
  stopwatch = () => performance.now(),
  env = {} as Record<string, string>,
  beside = undefined as TestCalendarApi | undefined,
} = {}): Promise<TestCalendarApi> {
  const authServer = await FakeAuthServer.start()
  const server = await startTestServer()
  const store = beside?.store ?? (await createTestStore({ service: 'calendar-api', migrations }))
  const config = readConfig({
    AUTH_SERVER_URL: authServer.url,
    CALENDAR_API_URL: server.url,
    CALENDAR_API_SECRET: API_SECRET,
    DATA_DIR: store.dataDir,
    ...(store.databaseUrl ? { DATABASE_URL: store.databaseUrl } : {}),
    ...env,
  })
  const offset = { clock: 0, stopwatch: 0 }
  const timers = new Set<() => Promise<void>>()
  const { context, close } = await openContext(config, createLog('calendar-api', 'silent'), {
    clock: () => now() + offset.clock,
    stopwatch: () => stopwatch() + offset.stopwatch,
    every(_ms, run) {
      timers.add(run)
      return () => timers.delete(run)
    },
  })
  const refusalSchema = (path: string) => (/^\/calendar\/v3(\/|$)/.test(path) ? 'GoogleError' : 'Problem')
  const service = { document: describeApi(config), pages: PAGES, refusalSchema }
  server.answerWith(holdToDescription(createApp(context), service))
  if (listens) context.endedTokens.start()
  return {
    url: server.url,
    authServer,
    context,
    store,
    token: (owner, changes) => signToken(authServer, server.url, owner, changes),
    advance(s) {
      offset.clock += s * 1000
    },
    wait(ms) {
      offset.stopwatch += ms
    },
    async tick() {
      await Promise.all([...timers].map(run => run()))
      return timers.size
    },
    async stop() {
      await server.stop()
      await close()
      await authServer.stop()
      if (!beside) await store.remove()
    },
  }
}

/** A new user with an empty calendar. */
export function newOwner(): string {
  return `usr_${randomBytes(4).toString('hex')}`
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API sent, for a test to look at
  json: any
}

export interface Sent {
  /** Text, or a value to send as JSON. */
  body?: unknown
  headers?: Record<string, string>
}

/** Sends requests with this token. @param at the beginning of all paths */
export function callerOf(api: TestCalendarApi, token: string, at = '/calendar/events') {
  return (method: string, path = '', { body, headers = {} }: Sent = {}): Promise<Answer> =>
    send(`${api.url}${at}${path}`, method, {
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
    })
}

export async function send(url: string, method = 'GET', init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { method, ...init })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, json: text && isJson ? JSON.parse(text) : text }
}

/** A valid event, at ten o'clock on a day in March 2027. */
export function draft(changes: Record<string, unknown> = {}, day = 1) {
  const date = `2027-03-${String(day).padStart(2, '0')}`
  return {
    summary: 'Breakfast',
    start: { dateTime: `${date}T10:00:00+01:00`, timeZone: 'Europe/Amsterdam' },
    end: { dateTime: `${date}T11:00:00+01:00`, timeZone: 'Europe/Amsterdam' },
    ...changes,
  }
}
