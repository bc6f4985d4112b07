/** Work that may take long lets other requests be handled in between, and ends when it takes too long. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Problem } from '../problem'

/** How long others wait for it at most, in milliseconds. */
const TURN_MS = 20
/** How long it may take, without the time of others. */
const MOST_MS = 2_000

export class LongWork {
  private turnBegan = performance.now()
  private workedMs = 0

  /** Whether others have waited long enough. */
  get isTurnOver(): boolean {
    return performance.now() - this.turnBegan > TURN_MS
  }

  /** @throws Problem 400 after `MOST_MS` */
  async letOthers(): Promise<void> {
    this.workedMs += performance.now() - this.turnBegan
    if (this.workedMs > MOST_MS) {
      throw new Problem(
        400,
        'To find all repeating events of this list takes too long. Ask for a shorter time with timeMin and timeMax.',
        { check: 'list' },
      )
    }
    await nextTurn()
    this.turnBegan = performance.now()
  }
}
