/** Takes away what is of no use to anybody any more, a little at a time: what is alive decides how large a table is. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Clock } from './clock'

/** How many rows one statement takes: few milliseconds, in which nobody else writes. */
export const BATCH = 200

/** Allowed for clocks that differ, and for an answer that is on its way. In seconds. */
export const MARGIN_S = 60

/** Takes up to `BATCH` rows away. @param nowMs milliseconds since the epoch. @returns how many it took */
export type Sweep<Tables> = (db: Kysely<Tables>, nowMs: number) => Promise<number>

/** For a table whose rows know when they end. @param lifetime in seconds, when what they know is when they began */
export function expired<Tables, Table extends keyof Tables & string>(
  table: Table,
  key: keyof Tables[Table] & string,
  time: keyof Tables[Table] & string,
  unit: 's' | 'ms',
  lifetime = 0,
): Sweep<Tables> {
  return async (db, nowMs) => {
    const before = nowMs - (MARGIN_S + lifetime) * 1000
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${sql.table(table)}
        where ${sql.ref(time)} <= ${unit === 'ms' ? before : Math.floor(before / 1000)} limit ${BATCH}
      )`.execute(db)
    return Number(numAffectedRows ?? 0)
  }
}

/** Sweeps until there is nothing left. Batch by batch, and between two of them whoever waits gets a turn. */
export async function sweepAll<Tables>(
  sweep: Sweep<Tables>,
  { db, clock }: { db: Kysely<Tables>; clock: Clock },
  stop?: AbortSignal,
): Promise<void> {
  while (!stop?.aborted && (await sweep(db, clock())) === BATCH) await nextTurn()
}
