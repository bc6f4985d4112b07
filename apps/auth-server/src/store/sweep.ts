/** Which expired records are deleted, and in which order. */
import { BATCH, expired, MARGIN_S, type Sweep } from '@glasshouse/shared/sweep'
import * as consents from './consents'
import type { Database, Schema } from './schema'
import * as tokenFamilies from './token-families'

export const sweeps: Sweep<Schema>[] = [
  expired('authorization_requests', 'id', 'expires_at', 's'),
  // Before the refresh tokens, whose rows say when the client was last issued one.
  deadFamilies,
  // A replaced refresh token is kept until it expires, so that its use can be recognised as a replay.
  expired('refresh_tokens', 'hash', 'expires_at', 's'),
  expired('ended_tokens', 'seq', 'expires_at', 's'),
  expired('sessions', 'id', 'expires_at', 'ms'),
  expired('listeners', 'id', 'lease_until_ms', 'ms'),
]

/** Fewer than other rows: each is one of several tables, somewhere else in a large file. It takes a few milliseconds. */
const FAMILIES_AT_ONCE = 40

/**
 * A family is deleted when its last token has expired, together with its code and refresh tokens. Until then the code is
 * kept, so that a second use can be recognised (RFC 6749 §4.1.2).
 */
async function deadFamilies(db: Database, nowMs: number): Promise<number> {
  const before = Math.floor(nowMs / 1000) - MARGIN_S
  const due = await db
    .selectFrom('token_families')
    .select('id')
    .where('live_until', '<=', before)
    // By this column, so that both engines read the index in its order, and stop after the first rows.
    .orderBy('live_until')
    .limit(FAMILIES_AT_ONCE)
    .execute()
  const ids = due.map(row => row.id)
  if (ids.length === 0) return 0
  const kept = await keptByRefreshTokens(db, ids, before)
  const dead = ids.filter(id => !kept.has(id))
  await db.transaction().execute(async transaction => {
    if (dead.length > 0) {
      // The consents first, as in a withdrawal, so that the two do not lock each other out.
      await noteLastTokens(transaction, dead)
      await transaction.deleteFrom('authorization_codes').where('family_id', 'in', dead).execute()
      await transaction.deleteFrom('refresh_tokens').where('family_id', 'in', dead).execute()
      await transaction.deleteFrom('token_families').where('id', 'in', dead).execute()
    }
    for (const [id, until] of kept) await tokenFamilies.prolong(transaction, id, until)
  })
  return ids.length === FAMILIES_AT_ONCE ? BATCH : ids.length
}

/** Which of these families have a refresh token that is not long expired, and until when, in seconds since the epoch. */
async function keptByRefreshTokens(db: Database, ids: string[], before: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('refresh_tokens')
    .select(['family_id', ({ fn }) => fn.max('expires_at').as('until')])
    .where('family_id', 'in', ids)
    .groupBy('family_id')
    .having(({ fn }) => fn.max('expires_at'), '>', before)
    .execute()
  return new Map(rows.map(row => [row.family_id, row.until]))
}

/** For the account page, which shows when a client was last issued a token: its row will soon be gone. */
async function noteLastTokens(db: Database, families: string[]): Promise<void> {
  const rows = await db
    .selectFrom('token_families')
    .innerJoin('refresh_tokens', 'refresh_tokens.family_id', 'token_families.id')
    .select(['user_id', 'token_families.client_id', ({ fn }) => fn.max('issued_at').as('issued_at')])
    .where('token_families.id', 'in', families)
    .groupBy(['user_id', 'token_families.client_id'])
    .orderBy('user_id')
    .orderBy('token_families.client_id')
    .execute()
  for (const row of rows) await consents.touch(db, row.user_id, row.client_id, row.issued_at)
}
