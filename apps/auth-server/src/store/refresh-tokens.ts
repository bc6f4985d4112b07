/** Refresh tokens (RFC 6749 §6), kept as hashes. A replaced one stays, so that its use is known for a replay. */
import type { Database } from './schema'

/** Times in seconds since the epoch. */
export interface RefreshToken {
  hash: string
  familyId: string
  clientId: string
  issuedAt: number
  expiresAt: number
}

export async function add(db: Database, token: RefreshToken): Promise<void> {
  await db
    .insertInto('refresh_tokens')
    .values({
      hash: token.hash,
      family_id: token.familyId,
      client_id: token.clientId,
      issued_at: token.issuedAt,
      expires_at: token.expiresAt,
      replaced_at: null,
    })
    .execute()
}

/**
 * Takes a refresh token out of use, for another to take its place. One statement decides who was first.
 * @returns the token family to whoever won; undefined when it is unknown, expired, replaced, another client's, or ended
 */
export async function replace(db: Database, hash: string, clientId: string, now: number): Promise<string | undefined> {
  const row = await db
    .updateTable('refresh_tokens')
    .set({ replaced_at: now })
    .where('hash', '=', hash)
    .where('client_id', '=', clientId)
    .where('replaced_at', 'is', null)
    .where('expires_at', '>', now)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('token_families')
          .select('id')
          .whereRef('token_families.id', '=', 'refresh_tokens.family_id')
          .where('token_families.ended_at', 'is', null),
      ),
    )
    .returning('family_id')
    .executeTakeFirst()
  return row?.family_id
}

export async function find(db: Database, hash: string) {
  const row = await db.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
  return (
    row && {
      familyId: row.family_id,
      clientId: row.client_id,
      expiresAt: row.expires_at,
      replaced: row.replaced_at !== null,
    }
  )
}
