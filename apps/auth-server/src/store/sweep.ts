/** Takes away what is of no use to anybody any more, a little at a time: what is alive decides how large a table is. */
import { sql } from 'kysely'
import type { Database, Schema } from './schema'

/** How many rows one statement takes: few milliseconds, in which nobody else writes. */
export const BATCH = 200

/** Allowed for clocks that differ, and for an answer that is on its way. In seconds. */
const MARGIN_S = 60

/** Takes up to `BATCH` rows away. @param nowMs milliseconds since the epoch. @returns how many it took */
export type Sweep = (db: Database, nowMs: number) => Promise<number>

export const sweeps: Sweep[] = [
  expired('authorization_requests', 'id', 'expires_at', 's'),
  // A replaced one stays until here, so that its use is known for a replay.
  expired('refresh_tokens', 'hash', 'expires_at', 's'),
  deadFamilies,
  expired('ended_tokens', 'seq', 'expires_at', 's'),
  expired('sessions', 'id', 'expires_at', 'ms'),
  expired('listeners', 'id', 'lease_until_ms', 'ms'),
]

/** A table whose rows know when they end. */
function expired<Table extends keyof Schema>(
  table: Table,
  key: keyof Schema[Table] & string,
  time: keyof Schema[Table] & string,
  unit: 's' | 'ms',
): Sweep {
  return async (db, nowMs) => {
    const before = nowMs - MARGIN_S * 1000
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${sql.table(table)}
        where ${sql.ref(time)} <= ${unit === 'ms' ? before : Math.floor(before / 1000)} limit ${BATCH}
      )`.execute(db)
    return Number(numAffectedRows ?? 0)
  }
}

/**
 * A family goes when its last token is dead, and its code and refresh tokens with it. Until then its code stays, so that a
 * second use is known for one (RFC 6749 §4.1.2).
 */
async function deadFamilies(db: Database, nowMs: number): Promise<number> {
  const before = Math.floor(nowMs / 1000) - MARGIN_S
  const dead = await db
    .selectFrom('token_families')
    .select('id')
    .where('live_until', '<=', before)
    .orderBy('id')
    .limit(BATCH)
    .execute()
  const ids = dead.map(row => row.id)
  if (ids.length === 0) return 0
  await db.transaction().execute(async transaction => {
    await transaction.deleteFrom('authorization_codes').where('family_id', 'in', ids).execute()
    await transaction.deleteFrom('refresh_tokens').where('family_id', 'in', ids).execute()
    await transaction.deleteFrom('token_families').where('id', 'in', ids).execute()
  })
  return ids.length
}
