/**
 * The list of access tokens that ended before they expired. It makes a withdrawal effective at once, although tokens are
 * checked without asking the authorization server (docs/decisions/jwt-and-withdrawal.md).
 *
 * We poll the authorization server, which holds each poll open until it has news. A poll also confirms which entries we
 * have applied (`after`), and its answer grants a **lease**: the number of seconds for which we may rely on the list.
 * Before the server reports a withdrawal as done, it waits until we have confirmed it or our lease has expired. The server
 * counts the lease from the arrival of the poll, and we count it from the moment we sent the poll, so ours always ends
 * first. After that, no token is accepted until a poll succeeds.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { calendarApi } from '@glasshouse/shared/cast'
import type { Clock } from '@glasshouse/shared/clock'
import { reportedFetch } from '@glasshouse/shared/lab-report'
import type { Logger } from '@glasshouse/shared/log'

/** We end our lease a little early, because timers and clocks run at slightly different speeds. */
const LEASE_MARGIN_MS = 250
/** The server holds a poll for one second at most. A poll that takes much longer is lost; another one still fits. */
const POLL_WITHIN_MS = 2_000
/** For a poll that starts over: the server answers it at once, and requests wait for it. */
const START_OVER_WITHIN_MS = 1_000
/** The shortest time between polls that bring nothing new. */
const PAUSE_MS = 200
const LONGEST_PAUSE_MS = 1_000
/** How long polls can fail before the log says so. Services that start together need a moment to reach each other. */
const WARN_AFTER_MS = 3_000

/**
 * The answer to a poll: the entries after `after`, or all of them. Times are in seconds. `expires_at` is so much later than
 * the `exp` of every affected token that a difference between the clocks does not matter.
 */
interface Update {
  ended: { id: string; expires_at: number }[]
  last: number
  lease: number
  /** The `kid` of every signing key that is published now. */
  kids?: string[]
}

export interface EndedTokensOptions {
  feedUrl: string
  /** This API's own `client_secret` at the authorization server. */
  secret: string
  clock: Clock
  /** Milliseconds that never go backwards. */
  stopwatch: Clock
  log: Logger
  /** Called with the current signing keys after each poll. */
  onKids?: (kids: string[]) => void
}

export class EndedTokens {
  /** Token and grant ids → when to delete the entry, in seconds since the epoch. */
  private readonly ended = new Map<string, number>()
  /** The number of the last entry that we have applied. */
  private last = 0
  private lease = { sentAt: 0, sentAtWallTime: 0, ms: 0 }
  private listener = randomUUID()
  private inFlight: AbortController | undefined
  private catchingUp: Promise<boolean> | undefined
  private running: Promise<void> | undefined
  private readonly stopping = new AbortController()
  /** The stopwatch's time of the first failure since a poll last succeeded. */
  private failingSince: number | undefined
  private warned = false

  constructor(private readonly options: EndedTokensOptions) {}

  /** Starts to poll, and continues until `stop`. */
  start(): void {
    this.running ??= this.listen()
  }

  /** Stops polling, and tells the server, so that no withdrawal waits for a copy that is gone. */
  async stop(): Promise<void> {
    this.stopping.abort()
    this.inFlight?.abort()
    await this.running
    await this.send('DELETE', this.listener, '', AbortSignal.timeout(START_OVER_WITHIN_MS)).catch(() => {})
  }

  /**
   * Whether the list is reliable now. After the lease has expired, this sends a poll, which all waiting requests share.
   * Call `has` directly afterwards, with no `await` in between.
   */
  async upToDate(): Promise<boolean> {
    return this.trusted() || (await this.startOver())
  }

  /** @param jti `<grant id>.<unique>`. The token has ended if the list contains its jti or its grant */
  has(jti: string): boolean {
    return this.ended.has(jti) || this.ended.has(jti.slice(0, Math.max(0, jti.indexOf('.'))))
  }

  private trusted(): boolean {
    const { stopwatch, clock } = this.options
    // While this machine is suspended, its stopwatch may stand still. The time of day shows how long that was.
    const elapsed = Math.max(stopwatch() - this.lease.sentAt, clock() - this.lease.sentAtWallTime)
    return elapsed < this.lease.ms
  }

  private async listen(): Promise<void> {
    let failures = 0
    while (!this.stopping.signal.aborted) {
      const began = this.options.stopwatch()
      const before = this.last
      const succeeded = await (this.trusted() ? this.poll(this.last) : this.startOver())
      failures = succeeded ? 0 : failures + 1
      const tooQuick = this.last === before && this.options.stopwatch() - began < PAUSE_MS
      if (!succeeded || tooQuick)
        await this.pause(Math.min(PAUSE_MS * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE_MS))
    }
  }

  private startOver(): Promise<boolean> {
    this.catchingUp ??= this.poll(undefined).finally(() => {
      this.catchingUp = undefined
    })
    return this.catchingUp
  }

  /**
   * Sends a poll. It cancels the previous one, so that no answer overtakes another.
   * @param after the last entry that we have applied; undefined to get the whole list at once. That takes a new listener
   * name: a delayed poll under the old name could otherwise confirm entries that we never received
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
    // A number below ours means that the server's data was reset, and this is the whole list.
    if (after === undefined || update.last < after) this.ended.clear()
    for (const { id, expires_at } of update.ended) this.ended.set(id, expires_at)
    this.last = update.last
    const now = this.options.clock() / 1000
    for (const [id, forgetAt] of this.ended) if (forgetAt <= now) this.ended.delete(id)
  }

  private async send(method: string, listener: string, query: string, signal: AbortSignal): Promise<Response> {
    const { feedUrl, secret } = this.options
    const response = await reportedFetch(`${feedUrl}?listener=${listener}${query}`, {
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

/** RFC 6749 §2.3.1: id and secret are form-encoded first. */
function basicAuthorization(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`
}

/** @throws Error if the answer is incomplete or has another form */
function readUpdate(value: unknown): Update {
  const { ended, last, lease, kids } = (value ?? {}) as Partial<Update>
  const entriesAreFine =
    Array.isArray(ended) && ended.every(entry => typeof entry?.id === 'string' && Number.isFinite(entry.expires_at))
  if (!entriesAreFine || !Number.isSafeInteger(last) || !(Number(lease) > 0)) {
    throw new Error('the list of ended tokens has an unexpected format')
  }
  const namesKeys = Array.isArray(kids) && kids.every(kid => typeof kid === 'string')
  return { ended, last: last as number, lease: lease as number, ...(namesKeys && { kids }) }
}
