/**
 * A whole run as the services report it: connect, sign in, consent, callback, token, two calls to the calendar, refresh,
 * revoke. Passwords and client secrets are already removed, as the services do before they report.
 */
import { randomBytes } from 'node:crypto'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { formatTraceparent, newSpanId } from '@glasshouse/shared/lab/trace'
import { challengeOf } from '../../src/capture/value-vault'
import {
  ACCOUNTS,
  accessToken,
  CALENDAR,
  form as encodedForm,
  exchange,
  json,
  newBrowser,
  secret,
  TRIPMATE,
} from '../support'

export interface WholeRun {
  /** The value of the browser's cookie. */
  browser: string
  /** What the services report, in the order in which it happened. */
  exchanges: ReportedExchange[]
  state: string
  code: string
  verifier: string
  accessToken: string
  refreshToken: string
  /** What the refresh brought. They are still good unless the run ends with the revocation. */
  newAccessToken: string
  newRefreshToken: string
  /** Cookies and hidden fields of forms: they open something to the end. */
  cookies: string[]
  formField: string
}

export interface RunOptions {
  browser?: string
  decision?: 'allow' | 'deny'
  /** What Tripmate asks for. */
  scope?: string
  /** Disconnects at the end. */
  revokes?: boolean
}

/** The services write these words over the secret as they are. */
function form(fields: Record<string, string>): ReturnType<typeof encodedForm> {
  const sent = encodedForm(fields)
  return { ...sent, body: sent.body?.replace('%28never-recorded%29', NEVER_RECORDED) ?? '' }
}

type Half = Parameters<typeof exchange>[0]

export function aRun(options: RunOptions = {}): WholeRun {
  const { browser = newBrowser(), decision = 'allow', scope = 'calendar.read calendar.write', revokes = true } = options
  const verifier = secret()
  const [state, code, refreshToken, newRefreshToken, formField] = [secret(), secret(), secret(), secret(), secret()]
  const grant = `grant_${randomBytes(4).toString('hex')}`
  const tokens = [accessToken({ jti: `${grant}.1`, scope }), accessToken({ jti: `${grant}.2`, scope })] as const
  const cookies = [secret(), secret()]
  const exchanges: ReportedExchange[] = []

  const cookie = `tripmate.sid=${cookies[0]}; glasshouse-accounts.sid=${cookies[1]}; glasshouse.run=${browser}`
  /** A request of the browser. @returns what a call of the service is caused by */
  const open = (service: ReportedExchange['service'], request: Half, response: Half = {}) => {
    const sent = exchange({
      service,
      browser,
      request: { ...request?.request, headers: [['cookie', cookie], ...(request?.request?.headers ?? [])] },
      response: { headers: [['content-type', 'text/html']], bodyBytes: 4_096, ...response?.response },
    })
    exchanges.push(sent)
    return sent
  }
  const redirect = (to: string): Half => ({ response: { status: 303, headers: [['location', to]], bodyBytes: 0 } })
  /** A call of one service to another, as both ends report it. */
  const call = (cause: ReportedExchange, to: 'auth-server' | 'calendar-api', request: Half, response: Half) => {
    const trace = { traceId: cause.traceId, spanId: newSpanId() }
    const headers: [string, string][] = [
      ['accept', 'application/json'],
      ...(request?.request?.headers ?? []),
      ['traceparent', formatTraceparent(trace)],
      ['user-agent', 'axios/1.0'],
    ]
    const both = { id: trace.spanId, traceId: trace.traceId, ...response, request: { ...request?.request, headers } }
    const origin = to === 'auth-server' ? ACCOUNTS : CALENDAR
    exchanges.push(exchange({ ...both, service: to }))
    exchanges.push(
      exchange({ ...both, service: 'client-app', end: 'client', browser, causedBy: cause.id, origin, durationMs: 9 }),
    )
    // The service answers only once its own call was answered, so its report comes last.
    exchanges.push(...exchanges.splice(exchanges.indexOf(cause), 1))
  }

  const authorize = `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: 'tripmate',
    redirect_uri: `${TRIPMATE}/callback`,
    scope,
    state,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
  })}`
  const pending = secret()
  open('client-app', { request: { target: '/connect' } }, redirect(`${ACCOUNTS}${authorize}`))
  open('auth-server', { request: { target: authorize } }, redirect(`/login?request=${pending}`))
  open('auth-server', { request: { target: `/login?request=${pending}` } })
  open(
    'auth-server',
    {
      request: {
        method: 'POST',
        target: `/login?request=${pending}`,
        ...form({ _csrf: formField, username: 'alice', password: NEVER_RECORDED }),
      },
    },
    redirect(`/consent?request=${pending}`),
  )
  open('auth-server', { request: { target: `/consent?request=${pending}` } })
  const answer = decision === 'allow' ? { code } : { error: 'access_denied' }
  const callback = `/callback?${new URLSearchParams({ ...answer, state, iss: ACCOUNTS })}`
  open(
    'auth-server',
    {
      request: {
        method: 'POST',
        target: `/consent?request=${pending}`,
        ...form({ _csrf: formField, scope, decision }),
      },
    },
    redirect(`${TRIPMATE}${callback}`),
  )
  const returned = open('client-app', { request: { target: callback } }, redirect('/'))
  if (decision === 'allow') {
    call(
      returned,
      'auth-server',
      {
        request: {
          method: 'POST',
          target: '/token',
          ...form({
            grant_type: 'authorization_code',
            code,
            redirect_uri: `${TRIPMATE}/callback`,
            client_id: 'tripmate',
            client_secret: NEVER_RECORDED,
            code_verifier: verifier,
          }),
        },
      },
      { response: tokenResponse(tokens[0], refreshToken, scope) },
    )
    useTheTokens()
  }
  return {
    browser,
    exchanges,
    state,
    code,
    verifier,
    accessToken: tokens[0],
    refreshToken,
    newAccessToken: tokens[1],
    newRefreshToken,
    cookies,
    formField,
  }

  function useTheTokens(): void {
    const bearer = (token: string): [string, string][] => [['authorization', `Bearer ${token}`]]
    const event = { summary: 'Museum; it’s "free" $today', start: { date: '2027-03-11' }, end: { date: '2027-03-12' } }
    const stored = { id: 'evt1', etag: '"v1"', ...event }
    const home = open('client-app', { request: { target: '/' } })
    call(
      home,
      'calendar-api',
      { request: { target: '/calendar/events?maxResults=250', headers: bearer(tokens[0]) } },
      { response: { status: 200, ...json({ items: [stored, { ...stored, id: 'evt2' }] }) } },
    )
    const add = open(
      'client-app',
      { request: { method: 'POST', target: '/events', ...form({ _csrf: formField, ...{ summary: event.summary } }) } },
      redirect('/'),
    )
    const body = json(event)
    call(
      add,
      'calendar-api',
      {
        request: {
          ...body,
          method: 'POST',
          target: '/calendar/events',
          headers: [...bearer(tokens[0]), ...body.headers],
        },
      },
      { response: { status: 201, ...json(stored) } },
    )
    const later = open('client-app', { request: { target: '/trips' } })
    call(
      later,
      'auth-server',
      {
        request: {
          method: 'POST',
          target: '/token',
          ...form({
            grant_type: 'refresh_token',
            refresh_token: refreshToken,
            client_id: 'tripmate',
            client_secret: NEVER_RECORDED,
          }),
        },
      },
      { response: tokenResponse(tokens[1], newRefreshToken, scope) },
    )
    if (!revokes) return
    const leave = open(
      'client-app',
      { request: { method: 'POST', target: '/disconnect', ...form({ _csrf: formField }) } },
      redirect('/'),
    )
    call(
      leave,
      'auth-server',
      {
        request: {
          method: 'POST',
          target: '/revoke',
          ...form({ token: newRefreshToken, client_id: 'tripmate', client_secret: NEVER_RECORDED }),
        },
      },
      { response: { status: 200, ...json({}) } },
    )
  }
}

function tokenResponse(token: string, refreshToken: string, scope: string) {
  return {
    status: 200,
    ...json({ access_token: token, token_type: 'Bearer', expires_in: 3600, refresh_token: refreshToken, scope }),
  }
}
