/** What a running server does by itself, once a minute: let signing keys follow each other, and sweep. */
import { sweepAll } from '@glasshouse/shared/sweep'
import { everyMinute, runTasks } from '@glasshouse/shared/upkeep'
import type { Context } from './context'
import { sweeps } from './store/sweep'

/** @returns what stops it: a run that is under way ends with the batch it is at */
export function startUpkeep(context: Context): () => Promise<void> {
  return everyMinute(stop => runUpkeep(context, stop))
}

/** Does it once. Several copies may do it at once. */
export async function runUpkeep(context: Context, stop?: AbortSignal): Promise<void> {
  const { keys, log } = context
  const tasks = [
    async () => {
      if (await keys.rotateByAge()) log.info('a new signing key is published: the one before has reached its age')
    },
    () => keys.removeDead(),
    ...sweeps.map(sweep => () => sweepAll(sweep, context, stop)),
  ]
  await runTasks(tasks, log, stop)
}
