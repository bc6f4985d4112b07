/** Authorization requests that wait for their answer. A state is taken by one statement, so it is taken once. */
import type { AuthorizationAttemptTable, Database } from './schema'

export type Attempt = Pick<AuthorizationAttemptTable, 'code_verifier' | 'scope' | 'return_to'>

/** How long an answer is awaited. A person may have to look for their password first. */
export const ATTEMPT_TTL_S = 600

/** Keeps an attempt, and drops every one that is too old to be answered. */
export async function add(db: Database, attempt: Omit<AuthorizationAttemptTable, 'used_at'>): Promise<void> {
  await db
    .deleteFrom('authorization_attempts')
    .where('created_at', '<=', attempt.created_at - ATTEMPT_TTL_S)
    .execute()
  await db
    .insertInto('authorization_attempts')
    .values({ ...attempt, used_at: null })
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

/** Whether this very user has already brought this state back. */
export async function wasTaken(db: Database, stateHash: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('authorization_attempts')
    .select('used_at')
    .where('state_hash', '=', stateHash)
    .where('user_id', '=', userId)
    .where('used_at', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}
