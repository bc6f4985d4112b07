/** Connections to people's calendars. What is secret comes in and goes out sealed. */
import type { ConnectionTable, Database } from './schema'

export type ConnectionRow = ConnectionTable

export async function find(db: Database, userId: string): Promise<ConnectionRow | undefined> {
  return db.selectFrom('connections').selectAll().where('user_id', '=', userId).executeTakeFirst()
}

/** Puts a fresh connection in the place of whatever this user had. */
export async function replace(
  db: Database,
  row: Omit<ConnectionRow, 'version' | 'refreshing_until_ms' | 'ended_at'>,
): Promise<void> {
  const fresh = { ...row, version: 1, refreshing_until_ms: null, ended_at: null }
  await db
    .insertInto('connections')
    .values(fresh)
    .onConflict(conflict => conflict.column('user_id').doUpdateSet(fresh))
    .execute()
}

/**
 * Claims the right to use the refresh token. A refresh token is replaced at every use and its second use ends
 * everything, so exactly one of however many requests and copies may be at it.
 * @returns true for the one that may
 */
export async function claimRefresh(
  db: Database,
  id: string,
  version: number,
  nowMs: number,
  untilMs: number,
): Promise<boolean> {
  const row = await db
    .updateTable('connections')
    .set({ refreshing_until_ms: untilMs })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('ended_at', 'is', null)
    .where(or => or.or([or('refreshing_until_ms', 'is', null), or('refreshing_until_ms', '<', nowMs)]))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Lets go of a claim without a new token: the authorization server could not be asked. */
export async function releaseRefresh(db: Database, id: string, version: number): Promise<void> {
  await db
    .updateTable('connections')
    .set({ refreshing_until_ms: null })
    .where('id', '=', id)
    .where('version', '=', version)
    .execute()
}

/** Keeps what a refresh brought. */
export async function putRefreshed(
  db: Database,
  id: string,
  version: number,
  tokens: Pick<ConnectionRow, 'access_token' | 'refresh_token' | 'expires_at' | 'scope'>,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ ...tokens, version: version + 1, refreshing_until_ms: null })
    .where('id', '=', id)
    .where('version', '=', version)
    .execute()
}

/** Notes that the connection is over and forgets its tokens. */
export async function end(db: Database, id: string, version: number, now: number): Promise<void> {
  await db
    .updateTable('connections')
    .set({ ended_at: now, access_token: null, refresh_token: null, refreshing_until_ms: null })
    .where('id', '=', id)
    .where('version', '=', version)
    .execute()
}

export async function remove(db: Database, userId: string): Promise<void> {
  await db.deleteFrom('connections').where('user_id', '=', userId).execute()
}
