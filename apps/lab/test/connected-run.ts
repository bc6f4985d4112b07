/**
 * Starts the real Lab between three services that do as a test says, with a run in it: a browser has connected its calendar. The
 * tokens are real ones, signed with a key that the fake authorization server publishes.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import express, { type Request, type Response } from 'express'
import { type TestLab as StartedLab, startLab as startOnFreePort } from './start-lab'

export type ServiceName = 'tripmate' | 'accounts' | 'calendar'

export interface Received {
  service: ServiceName
  method: string
  path: string
  query: Record<string, unknown>
  headers: Record<string, string | string[] | undefined>
  body: Record<string, string>
}

export interface TestLab extends StartedLab {
  services: Record<ServiceName, string>
  /** What a service answers to `GET /demo/lights`; undefined: 500. */
  lights: Record<ServiceName, object | undefined>
  /** What the calendar answers to any other request. */
  calendarAnswer: (request: Request, response: Response) => void
  received: Received[]
  /** Everything as at the start, but for what is stored. */
  reset(): void
  /** Moves the Lab's clock. @param s seconds */
  advance(s: number): void
  report(...exchanges: ReportedExchange[]): Promise<void>
}

const ALL_ON = {
  tripmate: { session: true, connected: true },
  accounts: { signedInAs: 'Alice Liddell', isGrantor: true, consent: true, refreshToken: true },
  calendar: { accessToken: 'accepted' },
}

const noEvents = (_request: Request, response: Response) => void response.json({ items: [] })

export async function startLab(): Promise<TestLab> {
  const received: Received[] = []
  const lights: TestLab['lights'] = { ...ALL_ON }
  const report = async (...exchanges: ReportedExchange[]) => {
    await fetch(`${started.url}/reports`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ exchanges, dropped: 0 }),
    })
  }
  const lab: Pick<TestLab, 'calendarAnswer'> = {
    calendarAnswer: noEvents,
  }
  /** The calendar reports what it answers, as the real one does. */
  const reportCall = ({ method, originalUrl, headers }: Request, status: number) => {
    const [, traceId, id] = String(headers.traceparent).split('-')
    if (!traceId || !id) return
    const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
    const request = { method, target: originalUrl, headers: sent, bodyBytes: 0 }
    const response = { status, headers: [], bodyBytes: 0 }
    const times = { startedAt: Date.now(), durationMs: 1 }
    const refusal = status === 401 ? { refusal: { refused: 'bearer.signature', why: 'refused' } } : {}
    void report({ service: 'calendar-api', end: 'server', id, traceId, ...times, request, response, ...refusal })
  }
  const fake = async (service: ServiceName) => {
    const one = await startTestServer()
    const app = express()
    app.use(express.urlencoded({ extended: false }), ({ method, path, query, headers, body }, _response, next) => {
      received.push({ service, method, path, query, headers, body: body ?? {} })
      next()
    })
    app.get('/demo/lights', (_request, response) => {
      if (lights[service]) response.json(lights[service])
      else response.status(500).end()
    })
    app.post('/demo/expire', (_request, response) => void response.status(204).end())
    app.get('/jwks', (_request, response) => void response.json({ keys: [JWK] }))
    app.use((request: Request, response: Response) => {
      response.once('finish', () => reportCall(request, response.statusCode))
      lab.calendarAnswer(request, response)
    })
    one.answerWith(app)
    return one
  }
  const fakes = { tripmate: await fake('tripmate'), accounts: await fake('accounts'), calendar: await fake('calendar') }
  let offset = 0
  const started = await startOnFreePort({
    env: {
      CLIENT_APP_URL: fakes.tripmate.url,
      AUTH_SERVER_URL: fakes.accounts.url,
      CALENDAR_API_URL: fakes.calendar.url,
    },
    clock: () => Date.now() + offset,
  })
  const { config } = started.context
  const addresses = { ...config.addresses }
  return Object.assign(lab, {
    url: started.url,
    context: started.context,
    restart: started.restart,
    services: { tripmate: fakes.tripmate.url, accounts: fakes.accounts.url, calendar: fakes.calendar.url },
    lights,
    received,
    advance(s: number) {
      offset += s * 1000
    },
    report,
    reset() {
      Object.assign(lights, ALL_ON)
      Object.assign(config.addresses, addresses)
      lab.calendarAnswer = noEvents
      received.length = 0
      offset = 0
    },
    async stop() {
      await started.stop()
      for (const one of Object.values(fakes)) await one.stop()
    },
  })
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const JWK = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'ES256', use: 'sig' }

export function createToken(lab: TestLab, changes: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: lab.services.accounts,
    sub: 'usr_2f8c1a',
    aud: lab.services.calendar,
    exp: now + 3600,
    iat: now,
    jti: `grant-${randomBytes(6).toString('hex')}.${randomBytes(6).toString('base64url')}`,
    client_id: 'tripmate',
    scope: 'calendar.read',
    ...changes,
  }
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

export interface Connected {
  browser: TestBrowser
  runId: string
  accessToken: string
  refreshToken: string
  /** Under which the Lab knows the access token. */
  valueId: string
  traceId: string
}

/** A browser of its own connects its calendar. */
export async function connectedRun(lab: TestLab, claims: Record<string, unknown> = {}): Promise<Connected> {
  const cookie = randomBytes(18).toString('base64url')
  const browser = new TestBrowser()
  browser.setCookie(lab.url, 'glasshouse.run', cookie)
  browser.setCookie(lab.url, 'tripmate.sid', 'session-of-tripmate')
  browser.setCookie(lab.url, 'glasshouse-accounts.sid', 'session-of-accounts')
  const accessToken = createToken(lab, claims)
  const refreshToken = randomBytes(32).toString('base64url')
  const traceId = hex(16)
  const page = visit(cookie, traceId, '/callback?code=abc')
  await lab.report(page, tokenExchange(page, { accessToken, refreshToken }))
  const [run] = JSON.parse((await browser.get(`${lab.url}/runs`, { Accept: 'application/json' })).body)
  const lights = await browser.get(`${lab.url}/runs/${run.id}/lights`)
  const [, valueId = ''] = /\/bench\/([\w-]+)/.exec(lights.body) ?? []
  return { browser, runId: run.id, accessToken, refreshToken, valueId, traceId }
}

/** A request of a browser at Tripmate. */
export function visit(cookie: string, traceId: string, target: string, method = 'GET'): ReportedExchange {
  return {
    service: 'client-app',
    end: 'server',
    id: hex(8),
    traceId,
    browser: cookie,
    startedAt: Date.now(),
    durationMs: 5,
    request: { method, target, headers: [], bodyBytes: 0 },
    response: { status: 303, headers: [], bodyBytes: 0 },
  }
}

/** @param replaces the refresh token that was used */
export function tokenExchange(
  cause: ReportedExchange,
  tokens: { accessToken: string; refreshToken: string },
  replaces?: string,
): ReportedExchange {
  const form = replaces
    ? { grant_type: 'refresh_token', refresh_token: replaces }
    : { grant_type: 'authorization_code' }
  const body = new URLSearchParams(form).toString()
  const answer = JSON.stringify({ access_token: tokens.accessToken, refresh_token: tokens.refreshToken })
  return {
    ...cause,
    end: 'client',
    id: hex(8),
    causedBy: cause.id,
    startedAt: Date.now(),
    request: {
      method: 'POST',
      target: '/token',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body,
      bodyBytes: body.length,
    },
    response: {
      status: 200,
      headers: [['content-type', 'application/json']],
      body: answer,
      bodyBytes: answer.length,
    },
    ...{ origin: 'http://localhost:4001' },
  }
}

export function runCookie(browser: TestBrowser, lab: TestLab): string {
  return browser.cookie(lab.url, 'glasshouse.run') ?? ''
}

export function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** Everything that the Lab has stored. */
export async function storedText({ context: { db } }: TestLab): Promise<string> {
  const exchanges = await db.selectFrom('exchanges').selectAll().execute()
  const values = await db.selectFrom('secret_values').selectAll().execute()
  return JSON.stringify([exchanges, values])
}
