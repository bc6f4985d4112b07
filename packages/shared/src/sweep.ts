/** Deletes expired rows, a few at a time, so that the size of a table depends only on the rows still in use. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Clock } from './clock'

/** How many rows one statement deletes. It takes a few milliseconds, during which nobody else can write. */
export const BATCH = 200

/** How long to wait after expiry, for clocks that differ and for answers still on their way. In seconds. */
export const MARGIN_S = 60

/** Deletes up to `BATCH` rows. @param nowMs milliseconds since the epoch. @returns how many it deleted */
export type Sweep<Tables> = (db: Kysely<Tables>, nowMs: number) => Promise<number>

/** For a table whose rows have an expiry time. @param lifetime in seconds, if the rows have their start time instead */
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

/** Deletes batch by batch until no expired rows are left. Between batches, waiting requests get their turn. */
export async function sweepAll<Tables>(
  sweep: Sweep<Tables>,
  { db, clock }: { db: Kysely<Tables>; clock: Clock },
  stop?: AbortSignal,
): Promise<void> {
  while (!stop?.aborted && (await sweep(db, clock())) === BATCH) await nextTurn()
}
