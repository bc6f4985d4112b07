/** Connections to users' calendars. Secrets are stored encrypted. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import type { ConnectionTable, Database } from './schema'

export type ConnectionRow = ConnectionTable

const select = compiledOnce((db: Database, { userId }: { userId: string }) =>
  db.selectFrom('connections').selectAll().where('user_id', '=', userId),
)

export async function find(db: Database, userId: string): Promise<ConnectionRow | undefined> {
  const [row] = await select(db, { userId })
  return row
}

/** Replaces this user's connection with a new one. */
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
 * Claims the right to use the refresh token. A refresh token is replaced at every use, and a second use ends the
 * connection, so only one of all requests and copies may use it.
 * @returns true for exactly one of them
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

/** Releases a claim without a new token, because the authorization server cannot be reached. */
export async function releaseRefresh(db: Database, id: string, version: number): Promise<void> {
  await db
    .updateTable('connections')
    .set({ refreshing_until_ms: null })
    .where('id', '=', id)
    .where('version', '=', version)
    .execute()
}

/** Stores the result of a refresh. */
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

/** Records that the connection has ended, and deletes its tokens. */
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
