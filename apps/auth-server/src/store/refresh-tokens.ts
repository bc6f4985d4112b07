/** Refresh tokens (RFC 6749 §6), stored as hashes. A replaced token is kept, so that its use can be recognised as a replay. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { sharingCommit } from '@glasshouse/shared/one-commit'
import type { Database, RefreshTokenTable } from './schema'
import { toTokenFamily } from './token-families'

/** Times in seconds since the epoch. */
export interface RefreshToken {
  hash: string
  familyId: string
  clientId: string
  issuedAt: number
  expiresAt: number
}

const insert = compiledOnce((db: Database, row: RefreshTokenTable) => db.insertInto('refresh_tokens').values(row))

export async function add(db: Database, token: RefreshToken): Promise<void> {
  const row = {
    hash: token.hash,
    family_id: token.familyId,
    client_id: token.clientId,
    issued_at: token.issuedAt,
    expires_at: token.expiresAt,
    replaced_at: null,
  }
  await sharingCommit(db, db => insert(db, row), { name: 'new refresh tokens', row: row.hash })
}

const markReplaced = compiledOnce((db: Database, token: { hash: string; clientId: string; now: number }) =>
  db
    .updateTable('refresh_tokens')
    .set({ replaced_at: token.now })
    .where('hash', '=', token.hash)
    .where('client_id', '=', token.clientId)
    .where('replaced_at', 'is', null)
    .where('expires_at', '>', token.now)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('token_families')
          .select('id')
          .whereRef('token_families.id', '=', 'refresh_tokens.family_id')
          .where('token_families.ended_at', 'is', null),
      ),
    )
    .returning('family_id'),
)

/**
 * Marks a refresh token as replaced. One statement decides which request was first.
 * @returns true for the request that won; false when the token is unknown, expired, replaced, revoked, or another client's
 */
export async function replace(db: Database, hash: string, clientId: string, now: number): Promise<boolean> {
  return (await markReplaced(db, { hash, clientId, now })).length > 0
}

/** Whether this family has a refresh token that still works, given that the family has not ended. */
export async function hasCurrent(db: Database, familyId: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('refresh_tokens')
    .select('hash')
    .where('family_id', '=', familyId)
    .where('replaced_at', 'is', null)
    .where('expires_at', '>', now)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const select = compiledOnce((db: Database, token: { hash: string }) =>
  db
    .selectFrom('refresh_tokens')
    .innerJoin('token_families', 'token_families.id', 'refresh_tokens.family_id')
    .selectAll('token_families')
    .select(['issued_at', 'expires_at', 'replaced_at'])
    .where('hash', '=', token.hash),
)

/** The refresh token with this hash and its family, or undefined. */
export async function find(db: Database, hash: string) {
  const [row] = await select(db, { hash })
  return (
    row && {
      family: toTokenFamily(row),
      clientId: row.client_id,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
      replaced: row.replaced_at !== null,
    }
  )
}
