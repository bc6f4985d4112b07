/**
 * Takes in what the services report: finds the secret values, keeps them apart, and stores the rest under the run that it
 * belongs to. One report at a time, in the order of arrival.
 */
import type { Addresses } from '@glasshouse/shared/environment'
import type { ReportedExchange, ReportedMessage } from '@glasshouse/shared/lab/exchange'
import type { News } from '../news'
import * as exchanges from '../store/exchanges'
import * as runs from '../store/runs'
import type { Database, ExchangeTable } from '../store/schema'
import type { Browsers } from './browsers'
import { readJwt } from './jwt'
import { parseBody } from './read-message'
import { replaceValues } from './references'
import { hashBrowser, RunFinder } from './run-finder'
import type { RunReader } from './run-reader'
import { findValues } from './secret-names'
import { endedIn, spentBy } from './spending'
import type { ValueVault } from './value-vault'

export interface Limits {
  /** The newest of all runs that are kept. */
  runs: number
  /** The newest exchanges of a run that are kept. */
  exchanges: number
  /** The same for the background, whose polls are all alike. */
  background: number
  /** Removing is a query for each run, so it is done after this many exchanges: until then there may be this many more. */
  tidyEvery: number
}

const LIMITS: Limits = { runs: 200, exchanges: 2_000, background: 300, tidyEvery: 50 }

export class Recorder {
  private readonly runFinder: RunFinder
  private last: Promise<void> = Promise.resolve()
  private sinceTidied = 0
  private version = Date.now()
  private readonly grown = new Set<string>()

  constructor(
    private readonly db: Database,
    private readonly values: ValueVault,
    private readonly reader: RunReader,
    private readonly browsers: Browsers,
    addresses: Addresses,
    private readonly news: News,
    private readonly limits: Limits = LIMITS,
  ) {
    this.runFinder = new RunFinder(db, addresses, browsers)
  }

  /** @returns when all of it is stored */
  take(reported: ReportedExchange[]): Promise<void> {
    const turn = this.last.then(() => this.storeAll(reported))
    this.last = turn.catch(() => {})
    return turn
  }

  /** When everything that was taken so far is stored. */
  idle(): Promise<void> {
    return this.last
  }

  private async storeAll(reported: ReportedExchange[]): Promise<void> {
    const news = new Map<string, string[]>()
    for (const exchange of reported) {
      const changed = await this.store(exchange)
      for (const { runId, id } of changed) news.set(runId, [...(news.get(runId) ?? []), id])
    }
    for (const [runId, ids] of news) {
      this.grown.add(runId)
      this.news.publish(runId, ids)
    }
    this.sinceTidied += reported.length
    if (this.sinceTidied >= this.limits.tidyEvery) await this.tidy()
  }

  private async store(exchange: ReportedExchange): Promise<{ runId: string; id: string }[]> {
    const clean = await this.withoutValues(exchange)
    const known = await exchanges.find(this.db, exchange.id)
    const runId = known?.run_id ?? (await this.runFinder.find(exchange))
    const own = exchange.end === 'client' ? 'client_end' : 'server_end'
    const row: Omit<ExchangeTable, 'number'> = {
      id: exchange.id,
      trace_id: exchange.traceId,
      run_id: runId ?? null,
      caused_by: exchange.causedBy ?? known?.caused_by ?? null,
      started_at: Math.floor(Math.min(exchange.startedAt, known?.started_at ?? Number.POSITIVE_INFINITY)),
      client_end: known?.client_end ?? null,
      server_end: known?.server_end ?? null,
      version: ++this.version,
      [own]: JSON.stringify(clean),
    }
    await exchanges.save(this.db, row)
    if (!runId) return []
    await runs.touch(this.db, runId, Math.ceil(exchange.startedAt + exchange.durationMs))
    const settled = await exchanges.settleTrace(this.db, exchange.traceId, runId, ++this.version)
    return [...[exchange.id, ...settled].map(id => ({ runId, id })), ...(await this.joinBrowsers(exchange))]
  }

  /** Two browsers turn out to be one: the run that they are in becomes one as well, and the earlier ones change hands. */
  private async joinBrowsers(exchange: ReportedExchange): Promise<{ runId: string; id: string }[]> {
    const browser = exchange.end === 'server' && exchange.browser && this.browsers.of(hashBrowser(exchange.browser))
    const joined = browser && this.browsers.joinedBy(exchange, browser)
    if (!joined) return []
    const { from, to } = joined
    const [fromRun, toRun] = await Promise.all(
      [from, to].map(one => runs.newest(this.db, { kind: 'browser', browser: one, client: null })),
    )
    await this.browsers.join(from, to)
    this.runFinder.forget(from)
    if (!fromRun || !toRun) return []
    const moved = await exchanges.move(this.db, fromRun.id, toRun.id, ++this.version)
    this.reader.forget(fromRun.id)
    await runs.remove(this.db, [fromRun.id])
    await runs.handOver(this.db, from, to)
    return moved.map(id => ({ runId: toRun.id, id }))
  }

  /** The exchange with a reference in place of each secret value; the values themselves go to the vault. */
  private async withoutValues(exchange: ReportedExchange): Promise<ReportedExchange> {
    const found = await this.values.take(findValues(exchange))
    await this.noteGrant(exchange)
    for (const { value, why } of spentBy(exchange)) await this.values.spend(value, why)
    const ended = endedIn(exchange)
    for (const id of ended?.ids ?? []) await this.values.spendTokens(id, ended?.why ?? '')

    const { request, response } = exchange
    const everywhere = [request, response].flatMap(message =>
      message ? [...message.headers.map(([, value]) => value), message.body ?? ''] : [],
    )
    const why = exchange.refusal?.why ?? ''
    const known = this.values.knownIn([request.target, why, ...everywhere].join('\n'))
    const values = [...new Map([...found, ...known].map(value => [value.id, value])).values()]
    const clean = (text: string) => replaceValues(text, values)
    const message = <T extends ReportedMessage>(one: T): T => ({
      ...one,
      headers: one.headers.map(([name, value]) => [name, clean(value)]),
      ...(one.body !== undefined && { body: clean(one.body) }),
    })
    return {
      ...exchange,
      ...(exchange.browser && { browser: hashBrowser(exchange.browser) }),
      request: { ...message(request), target: clean(request.target) },
      ...(response && { response: message(response) }),
      ...(exchange.refusal && { refusal: { ...exchange.refusal, why: clean(exchange.refusal.why) } }),
    }
  }

  /** The tokens of one answer belong to one grant, which the access token's `jti` names before its dot. */
  private async noteGrant({ response }: ReportedExchange): Promise<void> {
    if (response?.status !== 200) return
    const { access_token: accessToken, refresh_token: refreshToken } = parseBody(response)
    if (typeof accessToken !== 'string') return
    const jti = String(readJwt(accessToken)?.claims.jti ?? '')
    const grant = jti.includes('.') ? jti.slice(0, jti.indexOf('.')) : jti
    const tokens = [{ kind: 'access_token' as const, value: accessToken }]
    await this.values.take(tokens, grant)
    if (typeof refreshToken === 'string') {
      await this.values.take([{ kind: 'refresh_token' as const, value: refreshToken }], grant)
    }
  }

  private async tidy(): Promise<void> {
    this.sinceTidied = 0
    for (const runId of this.grown) {
      const run = await runs.find(this.db, runId)
      const keep = run?.kind === 'background' ? this.limits.background : this.limits.exchanges
      if ((await exchanges.trim(this.db, runId, keep)) > 0) this.reader.forget(runId)
    }
    this.grown.clear()
    await this.values.trim()
    await runs.remove(this.db, await runs.beyond(this.db, this.limits.runs))
    await this.browsers.trim()
    await exchanges.removeOrphans(this.db, Date.now() - ORPHANS_AFTER_MS)
  }
}

const ORPHANS_AFTER_MS = 5 * 60_000
