/** What is of no use to anybody any more. */
import { BATCH, expired, MARGIN_S, type Sweep } from '@glasshouse/shared/sweep'
import { ATTEMPT_TTL_S } from './authorization-attempts'
import type { Database, Schema } from './schema'

export const sweeps: Sweep<Schema>[] = [
  expired('authorization_attempts', 'state_hash', 'created_at', 's', ATTEMPT_TTL_S),
  deadSessions,
]

/** What a session alone leads to. A trip takes its items along. */
const OF_A_USER = ['exchanges', 'connections', 'trips'] as const

/**
 * Nobody signs in here, so what hangs on a session is nobody's when that has ended: it goes with it. Its tokens are dead by
 * then, for they were not used for as long as the session was not.
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
    // Two requests at once may have left a user two sessions, of which one still lives.
    const alive = transaction.selectFrom('sessions').select('user_id').where('user_id', 'in', users)
    for (const table of OF_A_USER) {
      await transaction.deleteFrom(table).where('user_id', 'in', users).where('user_id', 'not in', alive).execute()
    }
  })
  return ids.length
}
