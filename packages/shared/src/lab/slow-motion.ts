/**
 * Slow motion: while a browser has it on, each of its redirects in the seven steps stops at a page that shows what is about to
 * be sent (`stop-pages.ts`). In demo mode with a Lab only; otherwise nothing here does anything. Like `lab-report.ts`, you can
 * skip this file and each line that calls it.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Clock, seconds, systemClock } from '../clock'
import type { Surroundings } from '../environment'
import type { Logger } from '../log'
import type { ReportingService } from './exchange'
import { isArrival, type Service, sceneOf, serviceNamed } from './scenes'
import { codeEndsCookie, isSlow, SLOW_HEADER } from './slow-cookie'
import { stopPages } from './stop-pages'
import { type Stop, Stops } from './stops'
import { type CurrentExchange, exchanges } from './trace'

/** RFC 6749 §4.1.2: at most 10 minutes. */
const CODE_TTL_S = 600

/** @param configured seconds @returns how long the code lives that is issued now */
export function codeLifetime(configured: number): number {
  const slow = exchanges.current?.slow
  if (!slow) return configured
  slow.codeEndsAt = (seconds(systemClock) + CODE_TTL_S) * 1000
  return CODE_TTL_S
}

/** As long as the authorization server keeps a request, and a code. */
const PATIENCE_S = 30 * 60

/** @returns seconds by which the client waits longer for the answer to the request that it makes now */
export function extraPatience(): number {
  return exchanges.current?.slow ? PATIENCE_S : 0
}

/**
 * Mount it within `reportIncoming`.
 * @returns a listener that does the same, but lets browsers in slow motion stop at redirects
 */
export function slowMotion(
  listener: RequestListener,
  name: Exclude<ReportingService, 'calendar-api'>,
  config: Pick<Surroundings, 'demo' | 'addresses' | 'hosts' | 'allowedHosts'>,
  log: Logger,
  clock: Clock = systemClock,
): RequestListener {
  if (!config.demo || config.addresses.labUrl === '') return listener
  const service = serviceNamed(name, config.addresses)
  const stops = new Stops(clock)
  const pages = stopPages(service, config, stops, log, clock)
  return (request, response) => {
    if (/^\/demo\/(?:stop|go|slow)(?:[/?]|$)/.test(request.url ?? '')) return pages(request, response)
    const exchange = exchanges.current
    if (!exchange || !isSlow(request.headers.cookie)) return listener(request, response)
    exchange.slow = {}
    if (!isNavigation(request)) return listener(request, response)
    // Once the user has gone on, the same address belongs to the service, which knows how to answer it a second time.
    const target = service.party.origin + request.url
    const [path = ''] = (request.url ?? '').split('?') // Express changes `url` on the way
    const arrives = request.method === 'GET' && isArrival(service, target)
    if (arrives && !stops.findArrival(target, exchange.browser)?.sentAt) {
      response.setHeader(SLOW_HEADER, 'arrival')
      return pages(request, response)
    }
    holdRedirect(exchange, response, stopAt)
    return listener(request, response)

    function stopAt(status: number, location: string): Stop | undefined {
      if (!URL.canParse(location, service.party.origin)) return undefined
      const next = new URL(location, service.party.origin)
      const scene = sceneOf(service, path, next, exchange?.calls)
      // A form that is sent on as it is would lose its fields at a stop.
      if (!scene || (status > 303 && request.method === 'POST')) return undefined
      const codeEndsAt = exchange?.slow?.codeEndsAt
      const code = next.searchParams.get('code')
      if (code !== null && codeEndsAt !== undefined) rememberEnd(request, response, service, code, codeEndsAt)
      return stops.add({
        scene,
        browser: exchange?.browser,
        target: location.startsWith('/') ? service.party.origin + location : location,
        codeEndsAt: code === null ? undefined : codeEndsAt,
        calls: exchange?.calls ?? [],
      })
    }
  }
}

/** For the page on which the code arrives. */
function rememberEnd(
  request: IncomingMessage,
  response: ServerResponse,
  { party }: Service,
  code: string,
  endsAt: number,
): void {
  const secure = party.origin.startsWith('https:')
  response.appendHeader('Set-Cookie', codeEndsCookie(request.headers.cookie, code, Math.floor(endsAt / 1000), secure))
}

/** A browser that opens a page in a tab. Scripts and frames cannot show a page in between. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  const destination = headers['sec-fetch-dest'] ?? 'document'
  return (
    (method === 'GET' || method === 'POST') && /text\/html/.test(headers.accept ?? '') && destination === 'document'
  )
}

const REDIRECTS = [301, 302, 303, 307, 308]

/**
 * Answers a redirect to the stop in place of the service's own redirect. Its body goes too, because it repeats the address.
 * @param stopAt undefined for a redirect that goes through
 */
function holdRedirect(
  exchange: CurrentExchange,
  response: ServerResponse,
  stopAt: (status: number, location: string) => Stop | undefined,
): void {
  let held = false
  const { writeHead, write, end } = response
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const [status] = args
    const location = response.getHeader('location')
    const isRedirect = REDIRECTS.includes(status) && typeof location === 'string'
    const stop = isRedirect && !response.headersSent ? stopAt(status, location) : undefined
    if (!stop || !isRedirect) return writeHead.apply(response, args)
    held = true
    exchange.decided = { status, location }
    response.setHeader('Location', `/demo/stop/${stop.id}`)
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Content-Length', 0)
    response.setHeader(SLOW_HEADER, 'redirect')
    const answer = writeHead.call(response, 303)
    stop.browser = exchange.browser // a new browser has just got its cookie
    return answer
  }) as typeof writeHead
  const decide = () => {
    const redirects = REDIRECTS.includes(response.statusCode) && response.hasHeader('location')
    if (redirects && !response.headersSent) response.writeHead(response.statusCode)
    return held
  }
  response.write = ((...args: Parameters<typeof write>) => decide() || write.apply(response, args)) as typeof write
  response.end = ((...args: Parameters<typeof end>) =>
    decide() ? end.apply(response, [] as unknown as Parameters<typeof end>) : end.apply(response, args)) as typeof end
}
