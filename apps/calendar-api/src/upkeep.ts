/** What a running calendar API does once a minute: it forgets events and calendars that were deleted long ago. */
import { sweepAll } from '@glasshouse/shared/sweep'
import { everyMinute, runTasks } from '@glasshouse/shared/upkeep'
import type { Context } from './context'
import * as calendars from './store/calendars'
import { forgetDeleted } from './store/deleted-events'

/** @returns a function that stops the upkeep; a run in progress ends after its current batch */
export function startUpkeep(context: Context): () => Promise<void> {
  return everyMinute(stop => runUpkeep(context, stop))
}

/** Runs once. Several copies may run at the same time. */
export async function runUpkeep(context: Context, stop?: AbortSignal): Promise<void> {
  const sweeps = [forgetDeleted, calendars.forgetEvents, calendars.forgetDeleted]
  await runTasks(
    sweeps.map(sweep => () => sweepAll(sweep, context, stop)),
    context.log,
    stop,
  )
}
