/** What a running server does once a minute: it rotates signing keys and deletes expired records. */
import { sweepAll } from '@glasshouse/shared/sweep'
import { everyMinute, runTasks } from '@glasshouse/shared/upkeep'
import type { Context } from './context'
import { sweeps } from './store/sweep'

/** @returns a function that stops the upkeep; a run in progress ends after its current batch */
export function startUpkeep(context: Context): () => Promise<void> {
  return everyMinute(stop => runUpkeep(context, stop))
}

/** Runs once. Several copies may run at the same time. */
export async function runUpkeep(context: Context, stop?: AbortSignal): Promise<void> {
  const { keys, log } = context
  const tasks = [
    async () => {
      if (await keys.rotateByAge()) log.info('published a new signing key: the current one has reached its maximum age')
    },
    () => keys.removeDead(),
    ...sweeps.map(sweep => () => sweepAll(sweep, context, stop)),
  ]
  await runTasks(tasks, log, stop)
}
