import type { RunTable } from '../store/schema'

/** @returns `glasshouse-run-2027-03-10-0920.har` */
export function fileName(run: Pick<RunTable, 'started_at'>, extension: string): string {
  const when = new Date(run.started_at).toISOString().slice(0, 16).replace('T', '-').replace(':', '')
  return `glasshouse-run-${when}.${extension}`
}
