/**
 * Finds the run that an exchange belongs to. A run belongs to one browser (its cookies tie the parties together), or to one
 * program (by its client id), or it is the background: what the services say to each other without a user's doing.
 * A browser's new authorization request begins a new run.
 */
import { createHash, randomBytes } from 'node:crypto'
import { calendarApi, tripmate } from '@glasshouse/shared/cast'
import type { Addresses } from '@glasshouse/shared/environment'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import * as exchanges from '../store/exchanges'
import * as runs from '../store/runs'
import type { Database, RunTable } from '../store/schema'
import type { Browsers } from './browsers'
import { clientIdOf, headerOf, pathOf, queryOf } from './read-message'

type Whose = Pick<RunTable, 'kind' | 'browser' | 'client'>

/** After this time without a message, a program's next message begins a new run. */
const PROGRAM_PAUSE_MS = 30 * 60_000

/** What is remembered of a browser's newest run. */
interface Current {
  runId: string
  /** The authorization requests in it: the targets that arrived, and the ones that redirects announced. */
  authorizationRequests: Set<string>
}

/** The runs of the browsers that were seen last. */
const REMEMBERED = 1_000

export class RunFinder {
  private readonly current = new Map<string, Current>()

  constructor(
    private readonly db: Database,
    private readonly addresses: Addresses,
    private readonly browsers: Browsers,
  ) {}

  /** @returns undefined while the exchange that caused this one has not arrived */
  async find(exchange: ReportedExchange): Promise<string | undefined> {
    const known = await exchanges.runOfTrace(this.db, exchange.traceId)
    if (known) return known
    if (exchange.end === 'client') {
      return exchange.causedBy
        ? undefined
        : this.newestOrNew({ kind: 'background', browser: null, client: null }, exchange)
    }
    if (headerOf(exchange.request, 'traceparent') && isFromService(exchange)) return undefined
    return exchange.browser
      ? this.ofBrowser(this.browsers.of(hashBrowser(exchange.browser)), exchange)
      : this.newestOrNew({ kind: 'program', browser: null, client: clientIdOf(exchange) ?? null }, exchange)
  }

  /** After its runs were handed over to the browser that it is. */
  forget(browser: string): void {
    this.current.delete(browser)
  }

  private async ofBrowser(browser: string, exchange: ReportedExchange): Promise<string> {
    const whose: Whose = { kind: 'browser', browser, client: null }
    const current = this.current.get(browser)
    const request = authorizationRequestIn(exchange, this.addresses)
    const begins = request !== undefined && current !== undefined && isNew(current, request)
    const runId = begins
      ? await this.begin(whose, exchange)
      : (current?.runId ?? (await this.newestOrNew(whose, exchange)))
    const next = begins || !current ? { runId, authorizationRequests: new Set<string>() } : current
    if (request !== undefined) {
      next.authorizationRequests.add(request)
      const client = new URLSearchParams(request).get('client_id')
      if (client && client !== tripmate.id) await runs.follow(this.db, browser, client)
    }
    this.current.delete(browser)
    this.current.set(browser, next)
    const [oldest] = this.current.keys()
    if (this.current.size > REMEMBERED && oldest !== undefined) this.current.delete(oldest)
    return runId
  }

  private async newestOrNew(whose: Whose, exchange: ReportedExchange): Promise<string> {
    const newest = await runs.newest(this.db, whose)
    const paused = newest && whose.kind === 'program' && exchange.startedAt - newest.last_at > PROGRAM_PAUSE_MS
    return newest && !paused ? newest.id : this.begin(whose, exchange)
  }

  private async begin(whose: Whose, { startedAt }: ReportedExchange): Promise<string> {
    const id = randomBytes(12).toString('base64url')
    await runs.add(this.db, { id, ...whose, started_at: Math.floor(startedAt), last_at: Math.floor(startedAt) })
    return id
  }
}

/** The store knows a browser by this, so that it never holds a cookie. */
export function hashBrowser(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url')
}

function isNew(current: Current, request: string): boolean {
  return current.authorizationRequests.size > 0 && !current.authorizationRequests.has(request)
}

/**
 * The query of an authorization request: one that arrives at the authorization server, or one that Tripmate's redirect
 * announces. The two belong to one run, in whichever order they are reported.
 */
function authorizationRequestIn(
  { service, request, response }: ReportedExchange,
  addresses: Addresses,
): string | undefined {
  if (request.method === 'HEAD') return undefined
  if (service === 'auth-server' && pathOf(request.target) === '/authorize') return queryText(request.target)
  const location = response && headerOf(response, 'location')
  const isAnnounced = service === 'client-app' && location?.startsWith(`${addresses.authServerUrl}/authorize?`)
  return location && isAnnounced ? queryText(location) : undefined
}

function queryText(target: string): string | undefined {
  const { state, client_id: client } = queryOf(target)
  return client ? new URLSearchParams({ client_id: client, ...(state && { state }) }).toString() : undefined
}

/** A call of one of our services reports its other end as well. */
function isFromService(exchange: ReportedExchange): boolean {
  const client = clientIdOf(exchange)
  const publishes = /^\/(?:jwks$|\.well-known\/)/.test(pathOf(exchange.request.target))
  return client === tripmate.id || client === calendarApi.id || (client === undefined && publishes)
}
