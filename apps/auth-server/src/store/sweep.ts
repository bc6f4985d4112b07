/** Which expired records are deleted, and in which order. */
import { BATCH, expired, MARGIN_S, type Sweep } from '@glasshouse/shared/sweep'
import type { Database, Schema } from './schema'

export const sweeps: Sweep<Schema>[] = [
  expired('authorization_requests', 'id', 'expires_at', 's'),
  // A replaced refresh token is kept until it expires, so that its use can be recognised as a replay.
  expired('refresh_tokens', 'hash', 'expires_at', 's'),
  deadFamilies,
  expired('ended_tokens', 'seq', 'expires_at', 's'),
  expired('sessions', 'id', 'expires_at', 'ms'),
  expired('listeners', 'id', 'lease_until_ms', 'ms'),
]

/**
 * A family is deleted when its last token has expired, together with its code and refresh tokens. Until then the code is
 * kept, so that a second use can be recognised (RFC 6749 §4.1.2).
 */
async function deadFamilies(db: Database, nowMs: number): Promise<number> {
  const before = Math.floor(nowMs / 1000) - MARGIN_S
  const dead = await db
    .selectFrom('token_families')
    .select('id')
    .where('live_until', '<=', before)
    // By this column, so that both engines read the index in its order, and stop after the first rows.
    .orderBy('live_until')
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
