/** What a running service does once a minute, besides answering requests. */
import type { Logger } from './log'

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

/** Runs the tasks one after the other. A task that fails is logged and runs again next time; the others still run. */
export async function runTasks(tasks: (() => Promise<unknown>)[], log: Logger, stop?: AbortSignal): Promise<void> {
  for (const task of tasks) {
    try {
      if (!stop?.aborted) await task()
    } catch (error) {
      log.error({ error }, 'upkeep failed')
    }
  }
}
