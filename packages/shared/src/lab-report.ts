/**
 * Reports every HTTP exchange of a service to the Lab, in demo mode only: what it receives (`reportIncoming`, in `main.ts`)
 * and what it sends (`reportCall` and `reportedFetch`). You can skip this file and each line that calls it: no answer depends
 * on it, and nothing waits for it. In production, and without a call to `startReporting`, all of it does nothing.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Surroundings } from './environment'
import type { ReportedExchange, ReportingService } from './lab/exchange'
import { BodyPieces, describeMessage, describeTarget } from './lab/message'
import { Reporter } from './lab/reporter'
import { createRunId, readRunCookie, runCookie } from './lab/run-cookie'
import { isSlow } from './lab/slow-cookie'
import { type CurrentExchange, exchanges, formatTraceparent, newSpanId, newTraceId, readTraceparent } from './lab/trace'
import { noteCall } from './see-through/calls'

interface Reporting {
  service: ReportingService
  reporter: Reporter
  origin: URL
}

let reporting: Reporting | undefined

/** Starts to report, in demo mode only. */
export function startReporting(
  service: ReportingService,
  { demo, addresses }: Pick<Surroundings, 'demo' | 'addresses'>,
): void {
  const origin = {
    'client-app': addresses.clientAppUrl,
    'auth-server': addresses.authServerUrl,
    'calendar-api': addresses.calendarApiUrl,
  }
  if (demo && addresses.labUrl !== '')
    reporting = { service, reporter: new Reporter(addresses.labUrl), origin: new URL(origin[service]) }
}

/** Remembers why a request was refused, so that the Lab can show the check that refused it. */
export function reportRefusal(refused: string, why: string): void {
  const exchange = exchanges.current
  if (exchange) exchange.refusal ??= { refused, why }
}

/** Not part of what the parties say to each other: the probes of whoever runs the services, and the Lab's own look at them. */
const NOT_REPORTED = /^\/(?:healthz|demo\/lights)(?:$|\?)/

/** @returns a listener that does the same and reports each exchange after its response was sent */
export function reportIncoming(listener: RequestListener): RequestListener {
  const active = reporting
  if (!active) return listener
  return (request, response) => {
    if (NOT_REPORTED.test(request.url ?? '')) return listener(request, response)
    if (active.reporter.isFull && !needsExchange(request)) {
      active.reporter.drop()
      return listener(request, response)
    }
    const trace = readTraceparent(request.headers.traceparent)
    const known = readRunCookie(request.headers.cookie)
    const exchange: CurrentExchange = {
      traceId: trace?.traceId ?? newTraceId(),
      spanId: trace?.spanId ?? newSpanId(),
      browser: known,
    }
    record(active, exchange, request, response)
    if (!known) offerCookie(active, exchange, request, response)
    exchanges.run(response, exchange, () => listener(request, response))
  }
}

/**
 * Whether an answer depends on this, although nothing is reported: a browser can be in slow motion or press a lever, and gets a
 * run with its first page, whether or not the Lab is there.
 */
function needsExchange({ headers, method }: IncomingMessage): boolean {
  const isFromBrowser = headers.cookie !== undefined || /text\/html/.test(headers.accept ?? '')
  return isFromBrowser && (method !== 'GET' || readRunCookie(headers.cookie) === undefined || isSlow(headers.cookie))
}

let latest = 0

/** Milliseconds since the epoch, with a fraction that keeps apart what began in the same millisecond. */
function startOfExchange(): number {
  const now = Date.now()
  latest = Math.floor(latest) === now ? latest + 0.001 : now
  return latest
}

function record(
  active: Reporting,
  exchange: CurrentExchange,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const startedAt = startOfExchange()
  const began = performance.now()
  const { method = '', url = '', headers } = request // Express changes `url` on the way
  const sent = new BodyPieces()
  const answered = new BodyPieces()

  // The parser hands a body over with `push`. Listening to `data` instead would start the flow before the app is ready.
  const push = request.push
  request.push = (piece: unknown, encoding?: BufferEncoding) => {
    sent.add(piece, encoding)
    return push.call(request, piece, encoding)
  }
  const { write, end } = response
  response.write = ((...args: Parameters<typeof write>) => {
    answered.add(args[0], args[1])
    return write.apply(response, args)
  }) as typeof write
  response.end = ((...args: Parameters<typeof end>) => {
    if (request.method !== 'HEAD') answered.add(args[0], args[1])
    return end.apply(response, args)
  }) as typeof end

  response.once('close', () => {
    active.reporter.add(() => ({
      service: active.service,
      end: 'server',
      id: exchange.spanId,
      traceId: exchange.traceId,
      ...(exchange.browser && { browser: exchange.browser }),
      startedAt,
      durationMs: performance.now() - began,
      request: { method, target: describeTarget(url), ...describeMessage(headers, sent) },
      ...(response.headersSent && {
        response: describeAnswer(exchange, response, answered),
      }),
      ...(exchange.refusal && { refusal: exchange.refusal }),
    }))
  })
}

/**
 * In slow motion the browser was sent to a page in between. The redirect that the service decided on is reported in its
 * place: it is the protocol's message, and the Lab ties it to the request that follows. The header
 * `Glasshouse-Slow-Motion` says that there was a stop.
 */
function describeAnswer({ decided }: CurrentExchange, response: ServerResponse, body: BodyPieces) {
  const { statusCode: status } = response
  if (!decided) return { status, ...describeMessage(response.getHeaders(), body) }
  const headers = { ...response.getHeaders(), location: decided.location }
  return { status: decided.status, ...describeMessage(headers, body) }
}

/**
 * A browser that has no run yet gets one with the first page or redirect. A program that asks for a page is treated as a
 * browser; one that does not ask for pages gets no cookie. Nor does a browser that used another name of this service, such as
 * 127.0.0.1: it is led to the service's own origin, where the other services' cookies are.
 */
function offerCookie(
  active: Reporting,
  exchange: CurrentExchange,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const asksForPage = /text\/html/.test(request.headers.accept ?? '')
  if (request.headers.host !== active.origin.host) return
  const { writeHead } = response
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const isPage = /^text\/html\b/.test(String(response.getHeader('content-type') ?? ''))
    const isAsset = /^\/(?:assets|favicon)/.test(request.url ?? '')
    if (!response.headersSent && !isAsset && (isPage || asksForPage)) {
      exchange.browser = createRunId()
      response.appendHeader('Set-Cookie', runCookie(exchange.browser, active.origin.protocol === 'https:'))
    }
    return writeHead.apply(response, args)
  }) as typeof writeHead
}

export interface Call {
  method: string
  url: string
  headers: Record<string, string>
  body?: string
}

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * Reports a call to another party, and adds `traceparent` so that the Lab finds both ends of it.
 * @param send sends the call with these headers
 * @throws what `send` throws
 */
export async function reportCall<T extends Answer>(
  call: Call,
  send: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  const active = reporting
  if (!active) return noteCall(call, () => send(call.headers), undefined)
  const cause = exchanges.current
  const trace = { traceId: cause?.traceId ?? newTraceId(), spanId: newSpanId() }
  const startedAt = startOfExchange()
  const began = performance.now()
  const headers = { ...call.headers, traceparent: formatTraceparent(trace) }
  let answer: T | undefined
  try {
    answer = await noteCall(call, () => send(headers), trace.spanId)
    return answer
  } finally {
    if (cause) {
      cause.calls ??= []
      cause.calls.push({ id: trace.spanId, method: call.method, url: call.url, status: answer?.status })
    }
    active.reporter.add(() =>
      describeCall(active, call, headers, answer, {
        ...trace,
        cause,
        startedAt,
        durationMs: performance.now() - began,
      }),
    )
  }
}

function describeCall(
  active: Reporting,
  { method, url, body }: Call,
  headers: Record<string, string>,
  answer: Answer | undefined,
  when: { traceId: string; spanId: string; cause: CurrentExchange | undefined; startedAt: number; durationMs: number },
): ReportedExchange {
  const { origin, pathname, search } = new URL(url)
  return {
    service: active.service,
    end: 'client',
    id: when.spanId,
    traceId: when.traceId,
    ...(when.cause && { causedBy: when.cause.spanId }),
    ...(when.cause?.browser && { browser: when.cause.browser }),
    startedAt: when.startedAt,
    durationMs: when.durationMs,
    origin,
    request: {
      method,
      target: describeTarget(pathname + search),
      ...describeMessage(lowerCase(headers), pieces(body)),
    },
    ...(answer && { response: { status: answer.status, ...describeMessage(answer.headers, pieces(answer.body)) } }),
  }
}

/** `fetch`, reported. */
export const reportedFetch: typeof fetch = async (input, init) => {
  if (!reporting || typeof input !== 'string') return fetch(input, init)
  let response: Response | undefined
  const headers = Object.fromEntries(new Headers(init?.headers))
  const call = { method: init?.method ?? 'GET', url: input, headers }
  await reportCall(call, async traced => {
    response = await fetch(input, { ...init, headers: traced })
    const body = await response.clone().text()
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  })
  return response as Response
}

function pieces(text: string | undefined): BodyPieces {
  const body = new BodyPieces()
  body.add(text)
  return body
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
