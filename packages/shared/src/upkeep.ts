/** What a running service does once a minute, besides answering requests. */
import type { Logger } from './log'
import { type StoreUnavailable, storeUnavailable } from './store-unavailable'

const EVERY_MS = 60_000

/** @returns a function that stops it: it signals a run in progress and waits for its end */
export function everyMinute(run: (stop: AbortSignal) => Promise<void>): () => Promise<void> {
  const stop = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => run(stop.signal))
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    stop.abort()
    await running
  }
}

/**
 * Runs one task after the other. What fails is logged and tried again the next time, and does not keep the others from
 * running. While the store is unavailable, all fail for the same reason: one line says so.
 */
export async function runTasks(tasks: (() => Promise<unknown>)[], log: Logger, stop?: AbortSignal): Promise<void> {
  let unavailable: StoreUnavailable | undefined
  for (const task of tasks) {
    try {
      if (!stop?.aborted) await task()
    } catch (error) {
      const reason = storeUnavailable(error)
      if (!reason) log.error({ error }, 'upkeep failed')
      else if (!unavailable) log.warn({ why: reason.message }, 'upkeep failed; it is tried again in a minute')
      unavailable ??= reason
    }
  }
}
