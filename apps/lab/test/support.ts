/** Starts the real Lab, and plays the services that report to it. */
import { randomBytes } from 'node:crypto'
import type { ReportedExchange, ReportedMessage } from '@glasshouse/shared/lab/exchange'
import { createRunId, RUN_COOKIE } from '@glasshouse/shared/lab/run-cookie'
import type { Limits } from '../src/capture/recorder'
import { startLab as startOnFreePort, type TestLab } from './start-lab'

export const TRIPMATE = 'http://localhost:4000'
export const ACCOUNTS = 'http://localhost:4001'
export const CALENDAR = 'http://localhost:4002'
export const NOW = Date.parse('2027-03-10T09:20:00Z')

export interface Lab extends TestLab {
  /** What a service sends. @returns the status */
  report(...exchanges: ReportedExchange[]): Promise<number>
  /** @param browser the value of its cookie */
  get(
    path: string,
    browser?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: string; headers: Headers }>
  /** The runs of a browser, newest first. */
  runs(browser: string): Promise<{ id: string; kind: string; client?: string; started: string; messages: number }[]>
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects
  har(runId: string, browser: string): Promise<any>
  /** Everything that the store holds, as text. */
  stored(): Promise<string>
  advance(ms: number): void
}

/** @param limits for a test of what is kept */
export async function startLab(limits?: Limits): Promise<Lab> {
  let now = NOW
  const lab = await startOnFreePort({ clock: () => now, ...(limits && { limits }) })
  const get: Lab['get'] = async (path, browser, headers = {}) => {
    const cookie = browser === undefined ? {} : { Cookie: `${RUN_COOKIE}=${browser}` }
    const response = await fetch(lab.url + path, {
      redirect: 'manual',
      headers: { Accept: 'text/html', ...cookie, ...headers },
    })
    return { status: response.status, body: await response.text(), headers: response.headers }
  }
  return {
    url: lab.url,
    get context() {
      return lab.context
    },
    restart: lab.restart,
    stop: lab.stop,
    async report(...exchanges) {
      const body = JSON.stringify({ exchanges, dropped: 0 })
      const headers = { 'Content-Type': 'application/json' }
      return (await fetch(`${lab.url}/reports`, { method: 'POST', headers, body })).status
    },
    get,
    async runs(browser) {
      return JSON.parse((await get('/runs', browser, { Accept: 'application/json' })).body)
    },
    async har(runId, browser) {
      return JSON.parse((await get(`/runs/${runId}.har`, browser)).body)
    },
    async stored() {
      const { db } = lab.context
      const tables = ['runs', 'exchanges', 'secret_values', 'follows', 'browser_aliases'] as const
      const rows = await Promise.all(tables.map(table => db.selectFrom(table).selectAll().execute()))
      return JSON.stringify(rows)
    },
    advance(ms) {
      now += ms
    },
  }
}

export const newBrowser = createRunId

let sent = 0

/** One exchange, complete but for what the test is about. Each one starts a little later than the one before. */
export function exchange(
  parts: Partial<Omit<ReportedExchange, 'request' | 'response'>> & {
    request?: Partial<ReportedExchange['request']>
    response?: Partial<NonNullable<ReportedExchange['response']>>
  } = {},
): ReportedExchange {
  const { request, response, ...rest } = parts
  sent += 1
  return {
    service: 'auth-server',
    end: 'server',
    id: randomBytes(8).toString('hex'),
    traceId: randomBytes(16).toString('hex'),
    startedAt: NOW + sent * 10 + 0.001, // as the services report it
    durationMs: 5,
    ...rest,
    request: { method: 'GET', target: '/', headers: [], bodyBytes: 0, ...request },
    response: { status: 200, headers: [], bodyBytes: 0, ...response },
  }
}

export function form(fields: Record<string, string>): Pick<ReportedMessage, 'headers' | 'body' | 'bodyBytes'> {
  const body = new URLSearchParams(fields).toString()
  return { headers: [['content-type', 'application/x-www-form-urlencoded']], body, bodyBytes: body.length }
}

export function json(value: unknown): Pick<ReportedMessage, 'headers' | 'body' | 'bodyBytes'> {
  const body = JSON.stringify(value)
  return { headers: [['content-type', 'application/json']], body, bodyBytes: body.length }
}

export function secret(): string {
  return randomBytes(32).toString('base64url')
}

/** Looks like one of Accounts' access tokens. */
export function accessToken(claims: Record<string, unknown> = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const all = {
    iss: ACCOUNTS,
    sub: 'usr_2f8c1a',
    client_id: 'tripmate',
    jti: `grant-${secret().slice(0, 6)}.1`,
    exp: NOW / 1000 + 3600,
    ...claims,
  }
  return `${part({ typ: 'at+jwt', alg: 'ES256', kid: 'key-1' })}.${part(all)}.${secret()}${secret()}`
}
