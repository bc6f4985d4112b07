/**
 * Tells listeners when a calendar has changed, whichever copy of the API made the change. Once per interval, one query reads
 * how many changes the calendars of all users have had that somebody listens for. There is no connection of its own to lose, it
 * works the same on both engines, and without listeners nothing runs.
 */
import type { Clock } from '@glasshouse/shared/clock'

/** How long a change may go unnoticed, in milliseconds. */
const LOOK_EVERY_MS = 500
/** So that proxies and clients can tell a quiet stream from a broken one, in milliseconds. */
const HEARTBEAT_MS = 15_000
/** For one owner and copy of the API: each open page of a calendar needs one. */
export const MOST_OF_AN_OWNER = 20
/** For one copy of the API and all owners together, because one query names every owner. */
export const MOST_LISTENERS = 10_000

/** Calls `run` every `ms` milliseconds. @returns a function that stops it */
export type Every = (ms: number, run: () => Promise<void>) => () => void

export const systemTimer: Every = (ms, run) => {
  const timer = setInterval(() => void run(), ms)
  return () => clearInterval(timer)
}

export interface Listener {
  owner: string
  /** How many changes it knows of; undefined if it does not say. */
  known: number | undefined
  /**
   * Asked each time before anything is sent: `end` when its access token has expired or was withdrawn, `wait` while that
   * cannot be checked.
   */
  mayHear(): Promise<'yes' | 'wait' | 'end'>
  /** One of the owner's calendars has changed: so many changes there are now. */
  changed(changes: number): void
  heartbeat(): void
  end(): void
}

export interface ChangeWatchOptions {
  /** @returns how many changes each of these owners' calendars have had; none yet means 0 */
  read: (owners: string[]) => Promise<ReadonlyMap<string, number>>
  every: Every
  /** Milliseconds that never go backwards. */
  stopwatch: Clock
}

export class ChangeWatch {
  private readonly listeners = new Map<string, Set<Listener>>()
  private count = 0
  private stopTimer: (() => void) | undefined
  private looking: Promise<void> | undefined
  private lastHeartbeat = 0

  constructor(private readonly options: ChangeWatchOptions) {}

  /** @returns `owner` if this owner has too many listeners, `all` if this copy has */
  isFullFor(owner: string): 'owner' | 'all' | undefined {
    if ((this.listeners.get(owner)?.size ?? 0) >= MOST_OF_AN_OWNER) return 'owner'
    return this.count >= MOST_LISTENERS ? 'all' : undefined
  }

  /** Starts to tell a listener, at once if it does not know how many changes there are. @returns a function that stops it */
  add(listener: Listener): () => void {
    const { owner } = listener
    const ofOwner = this.listeners.get(owner) ?? new Set()
    this.listeners.set(owner, ofOwner.add(listener))
    if (this.count++ === 0) {
      this.lastHeartbeat = this.options.stopwatch()
      this.stopTimer = this.options.every(LOOK_EVERY_MS, () => this.look())
    }
    // A look that is under way may have begun without this listener.
    if (this.looking) void this.looking.then(() => this.look())
    else void this.look()
    return () => {
      if (!ofOwner.delete(listener)) return
      if (ofOwner.size === 0) this.listeners.delete(owner)
      if (--this.count === 0) this.stopTimer?.()
    }
  }

  /** Ends every listener. */
  stop(): void {
    for (const listener of this.all()) listener.end()
  }

  /** Looks for changes. A look that takes longer than the interval is not overtaken by the next. */
  private look(): Promise<void> {
    this.looking ??= this.tell().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  private async tell(): Promise<void> {
    const listeners = this.all()
    // A store that is unavailable makes the news late; the next look brings it.
    const counts = await this.options.read([...this.listeners.keys()]).catch(() => undefined)
    const heartbeat = this.options.stopwatch() - this.lastHeartbeat >= HEARTBEAT_MS
    if (heartbeat) this.lastHeartbeat = this.options.stopwatch()
    for (const listener of listeners) {
      const answer = await listener.mayHear()
      if (!this.listeners.get(listener.owner)?.has(listener)) continue // it has gone meanwhile
      if (answer === 'end') listener.end()
      if (answer === 'yes' && counts) tellOne(listener, counts.get(listener.owner) ?? 0)
      if (answer !== 'end' && heartbeat) listener.heartbeat()
    }
  }

  private all(): Listener[] {
    return [...this.listeners.values()].flatMap(ofOwner => [...ofOwner])
  }
}

function tellOne(listener: Listener, changes: number): void {
  if (listener.known === changes) return
  listener.known = changes
  listener.changed(changes)
}
