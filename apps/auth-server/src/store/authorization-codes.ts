/** Authorization codes (RFC 6749 §4.1.2), stored as hashes. A redeemed code is kept, so that a replay can be recognised. */
import { parseScope, type Scope } from '../protocol/scope'
import type { AuthorizationCodeTable, Database } from './schema'

export interface AuthorizationCode {
  familyId: string
  clientId: string
  userId: string
  redirectUri: string
  redirectUriGiven: boolean
  scope: Scope
  codeChallenge: string | undefined
}

/** @param expiresAt seconds since the epoch */
export async function add(db: Database, hash: string, code: AuthorizationCode, expiresAt: number): Promise<void> {
  await db
    .insertInto('authorization_codes')
    .values({
      hash,
      family_id: code.familyId,
      client_id: code.clientId,
      user_id: code.userId,
      redirect_uri: code.redirectUri,
      redirect_uri_given: code.redirectUriGiven ? 1 : 0,
      scope: code.scope.join(' '),
      code_challenge: code.codeChallenge ?? null,
      expires_at: expiresAt,
      redeemed_at: null,
    })
    .execute()
}

/**
 * RFC 6749 §4.1.2: the client MUST NOT use the code more than once. One statement decides which request was first.
 * @returns the code, for the request that won; undefined when the code is unknown, expired, used, revoked, or another
 * client's
 */
export async function redeem(
  db: Database,
  hash: string,
  clientId: string,
  now: number,
): Promise<AuthorizationCode | undefined> {
  const row = await db
    .updateTable('authorization_codes')
    .set({ redeemed_at: now })
    .where('hash', '=', hash)
    .where('client_id', '=', clientId)
    .where('redeemed_at', 'is', null)
    .where('expires_at', '>', now)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('token_families')
          .select('id')
          .whereRef('token_families.id', '=', 'authorization_codes.family_id')
          .where('token_families.ended_at', 'is', null),
      ),
    )
    .returningAll()
    .executeTakeFirst()
  return row && toCode(row)
}

/** What is known of a code that cannot be redeemed. */
export interface StoredCode {
  familyId: string
  clientId: string
  redeemed: boolean
  /** Seconds since the epoch. */
  expiresAt: number
}

export async function find(db: Database, hash: string): Promise<StoredCode | undefined> {
  const row = await db.selectFrom('authorization_codes').selectAll().where('hash', '=', hash).executeTakeFirst()
  return (
    row && {
      familyId: row.family_id,
      clientId: row.client_id,
      redeemed: row.redeemed_at !== null,
      expiresAt: row.expires_at,
    }
  )
}

function toCode(row: AuthorizationCodeTable): AuthorizationCode {
  return {
    familyId: row.family_id,
    clientId: row.client_id,
    userId: row.user_id,
    redirectUri: row.redirect_uri,
    redirectUriGiven: row.redirect_uri_given === 1,
    scope: parseScope(row.scope),
    codeChallenge: row.code_challenge ?? undefined,
  }
}
