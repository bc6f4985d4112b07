/** Deletes what has expired, and everything that belonged to a session that has ended. */
import { BATCH, expired, MARGIN_S, type Sweep } from '@glasshouse/shared/sweep'
import { ATTEMPT_TTL_S } from './authorization-attempts'
import type { Database, Schema } from './schema'

export const sweeps: Sweep<Schema>[] = [
  expired('authorization_attempts', 'state_hash', 'created_at', 's', ATTEMPT_TTL_S),
  deadSessions,
]

/** Tables whose rows can be reached only through a session. Deleting a trip deletes its items. */
const OF_A_USER = ['connections', 'trips'] as const

/**
 * Users do not sign in here, so data that belongs to a session can no longer be reached once the session has ended. Its
 * tokens have expired by then, because they were unused for as long as the session was.
 */
async function deadSessions(db: Database, nowMs: number): Promise<number> {
  const dead = await db
    .selectFrom('sessions')
    .select(['id', 'user_id'])
    .where('expires_at', '<=', nowMs - MARGIN_S * 1000)
    .orderBy('id')
    .limit(BATCH)
    .execute()
  const ids = dead.map(session => session.id)
  if (ids.length === 0) return 0
  const users = dead.flatMap(session => session.user_id ?? [])
  await db.transaction().execute(async transaction => {
    await transaction.deleteFrom('sessions').where('id', 'in', ids).execute()
    if (users.length === 0) return
    // Two simultaneous requests may have given a user two sessions, of which one is still valid.
    const alive = transaction.selectFrom('sessions').select('user_id').where('user_id', 'in', users)
    for (const table of OF_A_USER) {
      await transaction.deleteFrom(table).where('user_id', 'in', users).where('user_id', 'not in', alive).execute()
    }
  })
  return ids.length
}
