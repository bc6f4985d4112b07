/** What a running server does by itself, once a minute: let signing keys follow each other, and sweep. */
import type { Context } from './context'

const EVERY_MS = 60_000

/** @returns what stops it, once a run that is under way has ended */
export function startUpkeep(context: Context): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => runUpkeep(context))
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** Does it once. What fails is logged and tried again the next time. Several copies may do it at once. */
export async function runUpkeep(context: Context): Promise<void> {
  const { keys, log } = context
  try {
    if (await keys.rotateByAge()) log.info('a new signing key is published: the one before has reached its age')
    await keys.removeDead()
  } catch (error) {
    log.error({ error }, 'upkeep failed')
  }
}
