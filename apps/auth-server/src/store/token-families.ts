/** Everything that comes from one authorization: its code, access tokens and refresh tokens. They end together. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { type Audience, formatAudience, parseAudience } from '../protocol/resource'
import { formatScope, parseScope, partsOf, type Scope } from '../protocol/scope'
import type { Database, TokenFamilyTable } from './schema'

export interface TokenFamily {
  id: string
  clientId: string
  userId: string
  /** What the user granted. */
  scope: Scope
  /** The `aud` of its access tokens. */
  audience: Audience
}

const insert = compiledOnce((db: Database, row: TokenFamilyTable) => db.insertInto('token_families').values(row))

/** @param liveUntil when its code expires; from then on its refresh tokens decide how long it lives. Times in seconds since the epoch */
export async function add(db: Database, family: TokenFamily, now: number, liveUntil: number): Promise<void> {
  await insert(db, {
    id: family.id,
    client_id: family.clientId,
    user_id: family.userId,
    scope: formatScope(family.scope),
    audience: formatAudience(family.audience),
    created_at: now,
    live_until: liveUntil,
    ended_at: null,
  })
}

export async function find(db: Database, id: string): Promise<(TokenFamily & { ended: boolean }) | undefined> {
  const row = await db.selectFrom('token_families').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toTokenFamily(row)
}

export function toTokenFamily(row: TokenFamilyTable): TokenFamily & { ended: boolean } {
  return {
    id: row.id,
    clientId: row.client_id,
    userId: row.user_id,
    scope: parseScope(row.scope),
    audience: parseAudience(row.audience),
    ended: row.ended_at !== null,
  }
}

/** Records that an access token of it lives until this time, in seconds since the epoch. */
export async function prolong(db: Database, id: string, liveUntil: number): Promise<void> {
  await db
    .updateTable('token_families')
    .set({ live_until: liveUntil })
    .where('id', '=', id)
    .where('live_until', '<', liveUntil)
    .execute()
}

/**
 * How many families with tokens this user's clients have, by client id: those that have not ended, in which a token is still
 * good. One whose code was never redeemed has no token.
 */
export async function countLive(db: Database, userId: string, now: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('token_families')
    .select(['client_id', ({ fn }) => fn.countAll<number | string>().as('count')])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('live_until', '>', now),
        exists(
          selectFrom('refresh_tokens')
            .select('hash')
            .whereRef('refresh_tokens.family_id', '=', 'token_families.id')
            .where('refresh_tokens.expires_at', '>', now),
        ),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('authorization_codes')
            .select('hash')
            .whereRef('authorization_codes.family_id', '=', 'token_families.id')
            .where('redeemed_at', 'is', null),
        ),
      ),
    )
    .groupBy('client_id')
    .execute()
  // PostgreSQL's count is a bigint, which `pg` gives as text.
  return new Map(rows.map(({ client_id, count }) => [client_id, Number(count)]))
}

/**
 * Ends one family. From now on none of its codes or refresh tokens can be redeemed.
 * @returns whether this call ended it
 */
export async function end(db: Database, id: string, now: number): Promise<boolean> {
  const row = await db
    .updateTable('token_families')
    .set({ ended_at: now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Ends every family of this client. @returns their ids */
export async function endAllOfClient(db: Database, clientId: string, now: number): Promise<string[]> {
  const rows = await db
    .updateTable('token_families')
    .set({ ended_at: now })
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  return rows.map(row => row.id)
}

/** Ends every family that came from this user's consent to this client. @returns their ids */
export async function endAllOf(db: Database, userId: string, clientId: string, now: number): Promise<string[]> {
  const rows = await db
    .updateTable('token_families')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  return rows.map(row => row.id)
}

/** Ends those of them whose scope goes beyond `allowed`. @returns their ids */
export async function endAllBeyond(
  db: Database,
  userId: string,
  clientId: string,
  allowed: Scope,
  now: number,
): Promise<string[]> {
  const rows = await db
    .updateTable('token_families')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .where('scope', 'not in', partsOf(allowed).map(formatScope))
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  return rows.map(row => row.id)
}
