/** A Lab with a store of its own, and the exchanges of the scenario as the services would report them. */
import { randomBytes } from 'node:crypto'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { createRunId } from '@glasshouse/shared/lab/run-cookie'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startLab as startOnFreePort, type TestLab } from './start-lab'

export type { TestLab } from './start-lab'

export const TRIPMATE = 'http://localhost:4000'
export const ACCOUNTS = 'http://localhost:4001'
export const CALENDAR = 'http://localhost:4002'

export const startLab = (): Promise<TestLab> =>
  startOnFreePort({ env: { CLIENT_APP_URL: TRIPMATE, AUTH_SERVER_URL: ACCOUNTS, CALENDAR_API_URL: CALENDAR } })

/** A learner's browser, with the cookie that the first service it met has set. */
export function learner(lab: TestLab): { browser: TestBrowser; run: string } {
  const browser = new TestBrowser()
  const run = createRunId()
  browser.setCookie(lab.url, 'glasshouse.run', run)
  return { browser, run }
}

type Reported = Pick<ReportedExchange, 'service' | 'end'> & {
  request: [method: string, target: string, headers?: Record<string, string>, form?: string]
  response: [status: number, headers?: Record<string, string>, json?: unknown]
  browser?: string
  causedBy?: ReportedExchange
}

let clock = Date.now()

export function exchange({ service, end, request, response, browser, causedBy }: Reported): ReportedExchange {
  const [method, target, headers = {}, form] = request
  const [status, answerHeaders = {}, json] = response
  clock += 10
  return {
    service,
    end,
    id: randomBytes(8).toString('hex'),
    traceId: causedBy?.traceId ?? randomBytes(16).toString('hex'),
    ...(causedBy && { causedBy: causedBy.id }),
    ...(browser && { browser }),
    startedAt: clock,
    durationMs: 4,
    ...(end === 'client' && { origin: service === 'client-app' && /^\/calendar/.test(target) ? CALENDAR : ACCOUNTS }),
    request: {
      method,
      target,
      headers: [
        ...Object.entries(headers),
        ...(form === undefined ? [] : [['content-type', 'application/x-www-form-urlencoded'] as [string, string]]),
      ],
      ...(form !== undefined && { body: form }),
      bodyBytes: form?.length ?? 0,
    },
    response: {
      status,
      headers: [
        ...Object.entries(answerHeaders),
        ...(json === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
      ],
      ...(json !== undefined && { body: JSON.stringify(json) }),
      bodyBytes: 0,
    },
  }
}

export function signIn(browser: string): ReportedExchange {
  return exchange({
    service: 'auth-server',
    end: 'server',
    browser,
    request: ['POST', '/login', { host: 'localhost:4001' }, 'username=alice&password=(never-recorded)'],
    response: [303, { location: '/consent' }],
  })
}

export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' // RFC 7636 Appendix B
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Steps 1 and 3 to 5. The code and the verifier are spent by it, the tokens still work. */
export function connection(browser: string): ReportedExchange[] {
  const code = randomBytes(32).toString('base64url')
  const state = randomBytes(32).toString('base64url')
  const callback = `/callback?code=${code}&state=${state}`
  const arrival = exchange({
    service: 'client-app',
    end: 'server',
    browser,
    request: ['GET', callback, { host: 'localhost:4000' }],
    response: [303, { location: '/' }],
  })
  return [
    exchange({
      service: 'auth-server',
      end: 'server',
      browser,
      request: [
        'GET',
        `/authorize?response_type=code&client_id=tripmate&scope=calendar.read+calendar.write&state=${state}&code_challenge=${CHALLENGE}&code_challenge_method=S256`,
        { host: 'localhost:4001' },
      ],
      response: [303, { location: `${TRIPMATE}${callback}` }],
    }),
    arrival,
    exchange({
      service: 'client-app',
      end: 'client',
      browser,
      causedBy: arrival,
      request: [
        'POST',
        '/token',
        { 'user-agent': 'axios' },
        `grant_type=authorization_code&code=${code}&client_id=tripmate&client_secret=(never-recorded)&code_verifier=${VERIFIER}`,
      ],
      response: [
        200,
        { 'cache-control': 'no-store' },
        {
          access_token: `${randomBytes(40).toString('base64url')}AcCeSs`,
          refresh_token: `${randomBytes(40).toString('base64url')}ReFrEs`,
          scope: 'calendar.read calendar.write',
        },
      ],
    }),
  ]
}
