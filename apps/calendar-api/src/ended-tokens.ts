/**
 * The live list of tokens that were ended before they expired: how a withdrawal takes effect at once although tokens are
 * checked without asking anybody (docs/decisions/jwt-and-withdrawal.md).
 *
 * The authorization server tells us through a poll that it holds open until there is something to tell. Each poll also
 * confirms what we have applied so far (`after`) and starts a **lease**: for so many seconds we may trust the list.
 * Before the server answers whoever withdrew a token, it waits until we have confirmed, or until our lease has lapsed.
 * It counts the lease from the poll's arrival, we count it from the moment we sent it, so ours always ends first. Once it
 * has, no token is accepted until a poll has been answered. Nothing here is ever trusted for lack of news.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { calendarApi } from '@glasshouse/shared/cast'
import type { Clock } from '@glasshouse/shared/clock'
import type { Logger } from '@glasshouse/shared/log'

/** We give our lease up a little early, for timers and clocks that run at slightly different speeds. */
const LEASE_MARGIN_MS = 250
/** The server holds a poll for up to a second. One that takes longer is lost, and there is time for another. */
const POLL_WITHIN_MS = 2_000
/** Requests wait for this one: the server answers a poll that starts over at once. */
const START_OVER_WITHIN_MS = 1_000
/** A server that answers polls with nothing, and at once, is not asked more often than this. */
const PAUSE_MS = 200
const LONGEST_PAUSE_MS = 1_000
/** How long polls may fail before the log says so: services that start together wait for each other that long. */
const WARN_AFTER_MS = 3_000

/**
 * What the server answers: what has ended since `after`, or all of it. Times in seconds; `expires_at` lies well behind the
 * `exp` of every token concerned, whatever the clocks differ by.
 */
interface Update {
  ended: { id: string; expires_at: number }[]
  last: number
  lease: number
  /** The names of the signing keys that are published now. */
  kids?: string[]
}

export interface EndedTokensOptions {
  feedUrl: string
  /** This API's own `client_secret` at the authorization server. */
  secret: string
  clock: Clock
  /** Milliseconds that are never set back. A test holds it still. */
  stopwatch: Clock
  log: Logger
  /** Hears with each answer which signing keys there are. */
  onKids?: (kids: string[]) => void
}

export class EndedTokens {
  /** Token and grant ids → when to forget them, in seconds since the epoch. */
  private readonly ended = new Map<string, number>()
  /** The number up to which everything is in `ended`. */
  private last = 0
  private lease = { sentAt: 0, sentAtWallTime: 0, ms: 0 }
  private listener = randomUUID()
  private inFlight: AbortController | undefined
  private catchingUp: Promise<boolean> | undefined
  private running: Promise<void> | undefined
  private readonly stopping = new AbortController()
  /** Since when no poll has succeeded, by the stopwatch. undefined: the last one did. */
  private failingSince: number | undefined
  private warned = false

  constructor(private readonly options: EndedTokensOptions) {}

  /** Keeps the list live from now on. */
  start(): void {
    this.running ??= this.listen()
  }

  /** Says goodbye, so that no withdrawal waits for a copy that has left. */
  async stop(): Promise<void> {
    this.stopping.abort()
    this.inFlight?.abort()
    await this.running
    await this.send('DELETE', this.listener, '', AbortSignal.timeout(START_OVER_WITHIN_MS)).catch(() => {})
  }

  /**
   * Whether the list can be relied on now. If the lease has lapsed, one poll is tried at once, shared by all who wait.
   * Look at `has` right after it, without waiting for anything in between.
   */
  async upToDate(): Promise<boolean> {
    return this.trusted() || (await this.startOver())
  }

  /** @param jti `<grant id>.<unique>`: ended when it is on the list, or the whole grant is */
  has(jti: string): boolean {
    return this.ended.has(jti) || this.ended.has(jti.slice(0, Math.max(0, jti.indexOf('.'))))
  }

  private trusted(): boolean {
    const { stopwatch, clock } = this.options
    // A suspended machine's stopwatch stands still while the server's runs on; the time of day shows it on waking.
    const elapsed = Math.max(stopwatch() - this.lease.sentAt, clock() - this.lease.sentAtWallTime)
    return elapsed < this.lease.ms
  }

  private async listen(): Promise<void> {
    let failures = 0
    while (!this.stopping.signal.aborted) {
      const began = this.options.stopwatch()
      const before = this.last
      const heard = await (this.trusted() ? this.poll(this.last) : this.startOver())
      failures = heard ? 0 : failures + 1
      const tooQuick = this.last === before && this.options.stopwatch() - began < PAUSE_MS
      if (!heard || tooQuick) await this.pause(Math.min(PAUSE_MS * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE_MS))
    }
  }

  private startOver(): Promise<boolean> {
    this.catchingUp ??= this.poll(undefined).finally(() => {
      this.catchingUp = undefined
    })
    return this.catchingUp
  }

  /**
   * One poll at a time: a new one cancels the one before, so answers cannot overtake each other.
   * @param after what we have applied; undefined to get the whole list at once, under a new name: a poll of the old name
   * that is still on its way would confirm, when it arrives, what we never got to know
   */
  private async poll(after: number | undefined): Promise<boolean> {
    this.inFlight?.abort()
    const mine = new AbortController()
    this.inFlight = mine
    if (after === undefined) this.listener = randomUUID()
    const within = after === undefined ? START_OVER_WITHIN_MS : POLL_WITHIN_MS
    const timer = setTimeout(() => mine.abort(new Error('no answer in time')), within)
    const { stopwatch, clock } = this.options
    const sent = { sentAt: stopwatch(), sentAtWallTime: clock() }
    try {
      const response = await this.send('GET', this.listener, after === undefined ? '' : `&after=${after}`, mine.signal)
      const update = readUpdate(await response.json())
      if (mine.signal.aborted) return false
      this.apply(update, after)
      if (update.kids) this.options.onKids?.(update.kids)
      this.lease = { ...sent, ms: update.lease * 1000 - LEASE_MARGIN_MS }
      this.noteSuccess()
      return true
    } catch (error) {
      if (this.inFlight === mine && !this.stopping.signal.aborted) this.noteFailure(error)
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  private noteSuccess(): void {
    if (this.warned) this.options.log.info('the authorization server answers again; API requests are answered as usual')
    this.warned = false
    this.failingSince = undefined
  }

  /** Leaves one line in the log for each outage, once it lasts and has consequences. */
  private noteFailure(error: unknown): void {
    const { stopwatch, log } = this.options
    this.failingSince ??= stopwatch()
    if (this.warned || this.trusted() || stopwatch() - this.failingSince < WARN_AFTER_MS) return
    this.warned = true
    log.warn({ error }, 'cannot reach the authorization server; API requests get 503 until it answers')
  }

  private apply(update: Update, after: number | undefined): void {
    // A number below ours: the server's data was reset, and what it sent is the whole list.
    if (after === undefined || update.last < after) this.ended.clear()
    for (const { id, expires_at } of update.ended) this.ended.set(id, expires_at)
    this.last = update.last
    const now = this.options.clock() / 1000
    for (const [id, forgetAt] of this.ended) if (forgetAt <= now) this.ended.delete(id)
  }

  private async send(method: string, listener: string, query: string, signal: AbortSignal): Promise<Response> {
    const { feedUrl, secret } = this.options
    const response = await fetch(`${feedUrl}?listener=${listener}${query}`, {
      method,
      signal,
      redirect: 'error',
      headers: { Authorization: basicAuthorization(calendarApi.id, secret) },
    })
    if (!response.ok) throw new Error(`${feedUrl} answered with ${response.status}`)
    return response
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => {})
  }
}

/** RFC 6749 §2.3.1: both halves are form-encoded first. */
function basicAuthorization(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`
}

/** @throws Error for anything that is not an update: half an answer is none */
function readUpdate(value: unknown): Update {
  const { ended, last, lease, kids } = (value ?? {}) as Partial<Update>
  const entriesAreFine =
    Array.isArray(ended) && ended.every(entry => typeof entry?.id === 'string' && Number.isFinite(entry.expires_at))
  if (!entriesAreFine || !Number.isSafeInteger(last) || !(Number(lease) > 0)) {
    throw new Error('the list of ended tokens is not in the form that was agreed on')
  }
  const namesKeys = Array.isArray(kids) && kids.every(kid => typeof kid === 'string')
  return { ended, last: last as number, lease: lease as number, ...(namesKeys && { kids }) }
}
