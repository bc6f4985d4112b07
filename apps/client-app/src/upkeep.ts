/** What a running Tripmate does once a minute: it deletes expired records. */
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
  const tasks = sweeps.map(sweep => () => sweepAll(sweep, context, stop))
  await runTasks(tasks, context.log, stop)
}
