/** Authorization requests that wait for their answer. A state is taken by one statement, so it is taken once. */
import type { AuthorizationAttemptTable, Database } from './schema'

export type Attempt = Pick<AuthorizationAttemptTable, 'code_verifier' | 'scope' | 'return_to'>

/** How long an answer is awaited. A person may have to look for their password first. */
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

/** Takes the attempt that this user made with this state. Undefined for everybody but the first. */
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

/** Notes that what came of the answer is known now, whatever it was. */
export async function settle(db: Database, stateHash: string, now: number): Promise<void> {
  await db.updateTable('authorization_attempts').set({ settled_at: now }).where('state_hash', '=', stateHash).execute()
}

/** What has become of a state that this very user has already brought back; undefined if they have not. */
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
