/** What a running server does by itself, once a minute: let signing keys follow each other, and sweep. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from './context'
import { BATCH, type Sweep, sweeps } from './store/sweep'

const EVERY_MS = 60_000

/** @returns what stops it: a run that is under way ends with the batch it is at */
export function startUpkeep(context: Context): () => Promise<void> {
  const stop = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => runUpkeep(context, stop.signal))
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    stop.abort()
    await running
  }
}

/** Does it once. What fails is logged and tried again the next time. Several copies may do it at once. */
export async function runUpkeep({ db, keys, clock, log }: Context, stop?: AbortSignal): Promise<void> {
  const tasks = [
    async () => {
      if (await keys.rotateByAge()) log.info('a new signing key is published: the one before has reached its age')
    },
    () => keys.removeDead(),
    ...sweeps.map(sweep => () => sweepAll(sweep)),
  ]
  for (const task of tasks) {
    try {
      if (!stop?.aborted) await task()
    } catch (error) {
      log.error({ error }, 'upkeep failed')
    }
  }

  /** Batch by batch, and between two of them whoever waits gets a turn. */
  async function sweepAll(sweep: Sweep): Promise<void> {
    while (!stop?.aborted && (await sweep(db, clock())) === BATCH) await nextTurn()
  }
}
