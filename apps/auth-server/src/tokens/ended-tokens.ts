/**
 * Tells every running copy of the resource server which tokens were revoked, and waits until they have confirmed it.
 *
 * Each copy polls `/ended-tokens` (`endpoints/ended-tokens.ts`). A poll says what the copy has applied so far, and
 * starts a lease: until it ends, the copy trusts its list. `announced` returns only when every copy has either confirmed
 * the new entries or let its lease end, after which it refuses every token until it has polled again. Either way, no
 * copy still accepts a revoked token. `docs/decisions/jwt-and-withdrawal.md` explains the reasons.
 */
import { EventEmitter } from 'node:events'
import type { Clock } from '@glasshouse/shared/clock'
import { seconds } from '@glasshouse/shared/clock'
import * as endedTokens from '../store/ended-tokens'
import * as listeners from '../store/listeners'
import type { Database } from '../store/schema'

/** How long a copy may trust its list after a poll, in seconds. `announced` never waits longer. */
export const LEASE_S = 3

/** How long a poll is held while there is nothing new, in milliseconds. Well below the lease, so that it does not end. */
const HOLD_MS = 1_000

/** How often to look for entries that other copies of this server wrote, in milliseconds. */
const LOOK_EVERY_MS = 25

export interface Update {
  ended: endedTokens.EndedToken[]
  /** The number to confirm with the next poll. */
  last: number
}

export class EndedTokenFeed {
  private readonly changes = new EventEmitter().setMaxListeners(0)
  private closed = false

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers a listener's poll.
   * @param after the number up to which the listener has applied everything; undefined when it has just started
   * @param gone aborted when the listener has disconnected
   */
  async poll(listener: string, after: number | undefined, gone: AbortSignal): Promise<Update> {
    const known = after ?? (await endedTokens.last(this.db))
    await listeners.confirm(this.db, listener, known, this.clock() + LEASE_S * 1000)
    this.changes.emit('confirmed')
    // The first poll has no number, which differs from every number, so it is answered at once.
    await this.waitUntil('added', async () => (await endedTokens.last(this.db)) !== after, HOLD_MS, gone)
    if (gone.aborted) return { ended: [], last: known } // nobody is waiting, and the store may be closed already
    const last = await endedTokens.last(this.db)
    // A number from the future means that this server's data was reset. The listener gets everything and replaces its list.
    const from = after === undefined || after > last ? 0 : after
    const ended = await endedTokens.since(this.db, from, seconds(this.clock))
    return { ended, last: ended.at(-1)?.seq ?? last }
  }

  async leave(listener: string): Promise<void> {
    await listeners.remove(this.db, listener)
    this.changes.emit('confirmed')
  }

  /**
   * Call it after the transaction that added the entries has committed, and before the answer is sent.
   * @param seq the number of the last entry, from `endedTokens.add`
   */
  async announced(seq: number): Promise<void> {
    this.changes.emit('added')
    await this.waitUntil('confirmed', () => listeners.allConfirmed(this.db, seq, this.clock()), LEASE_S * 1000 + 500)
  }

  /** Answers every held poll. */
  close(): void {
    this.closed = true
    this.changes.emit('added')
    this.changes.emit('confirmed')
  }

  /** Returns when `condition` is true, after `ms` milliseconds, when `gone` is aborted, or when the server closes. */
  private async waitUntil(
    event: 'added' | 'confirmed',
    condition: () => Promise<boolean>,
    ms: number,
    gone?: AbortSignal,
  ): Promise<void> {
    // Not AbortSignal.timeout: inside AbortSignal.any it can be garbage-collected, and then it never fires.
    const end = performance.now() + ms
    while (!this.closed && !gone?.aborted && performance.now() < end) {
      // Subscribe first and check afterwards, so that nothing in between is missed.
      const woken = this.nextChange(event)
      if (await condition()) return
      await woken
    }
  }

  /** Returns at the next event, or when it is time to check again. */
  private nextChange(event: string): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        this.changes.off(event, wake)
        resolve()
      }
      const timer = setTimeout(wake, LOOK_EVERY_MS)
      this.changes.on(event, wake)
    })
  }
}
