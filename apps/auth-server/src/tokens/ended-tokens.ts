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
import { lookAtNumber, sharedLook } from '@glasshouse/shared/shared-look'
import * as endedTokens from '../store/ended-tokens'
import * as listeners from '../store/listeners'
import type { AuthServerStore, Database } from '../store/schema'

/** How long a copy may trust its list after a poll, in seconds. `announced` never waits longer. */
export const LEASE_S = 3

/** How long a poll is held while there is nothing new, in milliseconds. Well below the lease, so that it does not end. */
const HOLD_MS = 1_000

/**
 * How often to look for what other copies of this server wrote, in milliseconds: more often while there is news, because
 * revocations come together, and seldom while there are no revocations.
 */
const LOOK_EVERY_MS = { atFirst: 5, atMost: 250 }

export interface Update {
  ended: endedTokens.EndedToken[]
  /** The number to confirm with the next poll. */
  last: number
}

export class EndedTokenFeed {
  private readonly changes = new EventEmitter().setMaxListeners(0)
  private closed = false
  private newsAt = -Infinity
  private readonly db: Database
  /** The number of the newest entry. */
  private readonly last: () => number | Promise<number>
  /** Revocations that wait at the same time share these looks, and with them the polls: each poll tells everything new. */
  private readonly confirmedByAll: () => Promise<number>

  constructor(
    store: AuthServerStore,
    private readonly clock: Clock,
  ) {
    this.db = store.db
    this.last = lookAtNumber(store, 'ended_token_counter')
    this.confirmedByAll = sharedLook(() => listeners.confirmedByAll(store.db, clock()))
  }

  /**
   * Answers a listener's poll.
   * @param after the number up to which the listener has applied everything; undefined when it has just started
   * @param gone aborted when the listener has disconnected
   */
  async poll(listener: string, after: number | undefined, gone: AbortSignal): Promise<Update> {
    const known = after ?? (await this.last())
    await listeners.confirm(this.db, listener, known, this.clock() + LEASE_S * 1000)
    this.changes.emit('confirmed')
    // The first poll has no number, which differs from every number, so it is answered at once.
    await this.waitUntil('added', async () => (await this.last()) !== after, HOLD_MS, gone)
    if (gone.aborted) return { ended: [], last: known } // nobody is waiting, and the store may be closed already
    const last = await this.last()
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
    this.newsAt = performance.now()
    this.changes.emit('added')
    await this.waitUntil('confirmed', async () => (await this.confirmedByAll()) >= seq, LEASE_S * 1000 + 500)
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
    const end = performance.now() + ms
    while (!this.closed && !gone?.aborted && performance.now() < end) {
      // Subscribe first and check afterwards, so that nothing in between is missed.
      const woken = this.nextChange(event, end, gone)
      if (await condition()) {
        if (event === 'added') this.newsAt = performance.now()
        return
      }
      await woken
    }
  }

  /** Returns at the next event, when it is time to look again, or when the wait is over. */
  private nextChange(event: string, end: number, gone?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        this.changes.off(event, wake)
        gone?.removeEventListener('abort', wake)
        resolve()
      }
      const now = performance.now()
      const pause = Math.min(LOOK_EVERY_MS.atMost, Math.max(LOOK_EVERY_MS.atFirst, (now - this.newsAt) / 10))
      const timer = setTimeout(wake, Math.min(pause, end - now))
      this.changes.on(event, wake)
      gone?.addEventListener('abort', wake)
    })
  }
}
