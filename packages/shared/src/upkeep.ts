/** What a running service does by itself, once a minute. */
import type { Logger } from './log'

const EVERY_MS = 60_000

/** @returns what stops it: a run that is under way is told so, and waited for */
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

/** Does one after the other. What fails is logged and tried again the next time: it keeps none of the others from it. */
export async function runTasks(tasks: (() => Promise<unknown>)[], log: Logger, stop?: AbortSignal): Promise<void> {
  for (const task of tasks) {
    try {
      if (!stop?.aborted) await task()
    } catch (error) {
      log.error({ error }, 'upkeep failed')
    }
  }
}
