/** Where browsers stand in slow motion: what each of them is about to send. In memory, bounded, forgotten after 30 minutes. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock'
import type { CurrentExchange } from './trace'

/** What is about to happen; `stop-scenes.ts` has the words for it. */
export type SceneName =
  | 'authorization request'
  | 'sign-in'
  | 'consent'
  | 'code'
  | 'error'
  | 'code arrived'
  | 'error arrived'
  | 'connected'
  | 'elsewhere'

export interface Stop {
  id: string
  scene: SceneName
  /** The browser that may go on from here: its run cookie. */
  browser: string | undefined
  /** Where the browser goes next: an absolute URL. It may hold a live code, so it never reaches a page. */
  target: string
  madeAt: number
  sentAt: number | undefined
  /** Milliseconds since the epoch. */
  codeEndsAt: number | undefined
  /** What the service did before it answered. */
  calls: NonNullable<CurrentExchange['calls']>
}

const KEPT_FOR_MS = 30 * 60_000
const LIMIT = 1_000
const ID_BYTES = 16

/** A second click this soon is the same click: the browser drops the first answer and waits for the second one. */
const DOUBLE_CLICK_MS = 2_000

export class Stops {
  private readonly stops = new Map<string, Stop>()

  constructor(private readonly clock: Clock) {}

  /** @returns the stop; its `browser` may be set later, when the answer gives the browser its cookie */
  add(stop: Pick<Stop, 'scene' | 'browser' | 'target' | 'codeEndsAt' | 'calls'>): Stop {
    const made: Stop = {
      ...stop,
      id: randomBytes(ID_BYTES).toString('base64url'),
      madeAt: this.clock(),
      sentAt: undefined,
    }
    this.stops.set(made.id, made)
    for (const [id, { madeAt }] of this.stops) {
      if (this.stops.size <= LIMIT && madeAt > this.clock() - KEPT_FOR_MS) break // the oldest come first
      this.stops.delete(id)
    }
    return made
  }

  /** @returns undefined for a stop that does not exist, is too old, or belongs to another browser: the three look alike */
  find(id: string, browser: string | undefined): Stop | undefined {
    const stop = this.stops.get(id)
    return stop && this.isTheirs(stop, browser) ? stop : undefined
  }

  /** The stop at which this browser arrived with this address before. */
  findArrival(target: string, browser: string | undefined): Stop | undefined {
    return [...this.stops.values()].find(
      stop => stop.target === target && stop.scene.endsWith('arrived') && this.isTheirs(stop, browser),
    )
  }

  /** @returns whether the browser may go on now: once, where both halves of a double click are one */
  send(stop: Stop): boolean {
    stop.sentAt ??= this.clock()
    return this.clock() - stop.sentAt < DOUBLE_CLICK_MS
  }

  private isTheirs(stop: Stop, browser: string | undefined): boolean {
    return browser !== undefined && stop.browser === browser && stop.madeAt > this.clock() - KEPT_FOR_MS
  }
}
