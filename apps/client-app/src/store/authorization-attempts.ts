/** Authorization requests that wait for their answer. One statement uses up a state, so each works once. */
import type { AuthorizationAttemptTable, Database } from './schema'

export type Attempt = Pick<AuthorizationAttemptTable, 'code_verifier' | 'scope' | 'return_to'>

/** How long to wait for an answer. The user may have to look for a password first. */
export const ATTEMPT_TTL_S = 600

export async function add(
  db: Database,
  attempt: Omit<AuthorizationAttemptTable, 'used_at' | 'settled_at'>,
): Promise<void> {
  await db
    .insertInto('authorization_attempts')
    .values({ ...attempt, used_at: null, settled_at: null })
    .execute()
}

/** Uses up the attempt that this user made with this state. Undefined for every call but the first. */
export async function take(db: Database, stateHash: string, userId: string, now: number): Promise<Attempt | undefined> {
  return db
    .updateTable('authorization_attempts')
    .set({ used_at: now })
    .where('state_hash', '=', stateHash)
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .where('created_at', '>', now - ATTEMPT_TTL_S)
    .returning(['code_verifier', 'scope', 'return_to'])
    .executeTakeFirst()
}

/** Records that the result of the answer is known, whatever it was. */
export async function settle(db: Database, stateHash: string, now: number): Promise<void> {
  await db.updateTable('authorization_attempts').set({ settled_at: now }).where('state_hash', '=', stateHash).execute()
}

/** The result for a state that this user has already used; undefined if it is unused. */
export async function fateOf(
  db: Database,
  stateHash: string,
  userId: string,
): Promise<'under way' | 'settled' | undefined> {
  const row = await db
    .selectFrom('authorization_attempts')
    .select('settled_at')
    .where('state_hash', '=', stateHash)
    .where('user_id', '=', userId)
    .where('used_at', 'is not', null)
    .executeTakeFirst()
  return row && (row.settled_at === null ? 'under way' : 'settled')
}
