/** Authorization codes (RFC 6749 §4.1.2), stored as hashes. A redeemed code is kept, so that a replay can be recognised. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { sharingCommit } from '@glasshouse/shared/one-commit'
import { parseAudience } from '../protocol/resource'
import { formatScope, parseScope } from '../protocol/scope'
import type { AuthorizationCodeTable, Database } from './schema'
import type { TokenFamily } from './token-families'

export interface AuthorizationCode {
  family: TokenFamily
  redirectUri: string
  redirectUriGiven: boolean
  codeChallenge: string | undefined
}

const insert = compiledOnce((db: Database, row: AuthorizationCodeTable) =>
  db.insertInto('authorization_codes').values(row),
)

/** @param expiresAt seconds since the epoch */
export async function add(db: Database, hash: string, code: AuthorizationCode, expiresAt: number): Promise<void> {
  await insert(db, {
    hash,
    family_id: code.family.id,
    client_id: code.family.clientId,
    user_id: code.family.userId,
    redirect_uri: code.redirectUri,
    redirect_uri_given: code.redirectUriGiven ? 1 : 0,
    scope: formatScope(code.family.scope),
    code_challenge: code.codeChallenge ?? null,
    expires_at: expiresAt,
    redeemed_at: null,
  })
}

const markRedeemed = compiledOnce((db: Database, code: { hash: string; clientId: string; now: number }) =>
  db
    .updateTable('authorization_codes')
    .set({ redeemed_at: code.now })
    .where('hash', '=', code.hash)
    .where('client_id', '=', code.clientId)
    .where('redeemed_at', 'is', null)
    .where('expires_at', '>', code.now)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('token_families')
          .select('id')
          .whereRef('token_families.id', '=', 'authorization_codes.family_id')
          .where('token_families.ended_at', 'is', null),
      ),
    )
    .returningAll()
    .returning(({ selectFrom }) =>
      selectFrom('token_families')
        .select('audience')
        .whereRef('token_families.id', '=', 'authorization_codes.family_id')
        .as('audience'),
    ),
)

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
  const [row] = await sharingCommit(db, db => markRedeemed(db, { hash, clientId, now }), { name: 'codes', row: hash })
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

function toCode(row: AuthorizationCodeTable & { audience: string | null }): AuthorizationCode {
  return {
    family: {
      id: row.family_id,
      clientId: row.client_id,
      userId: row.user_id,
      scope: parseScope(row.scope),
      audience: parseAudience(row.audience ?? ''),
    },
    redirectUri: row.redirect_uri,
    redirectUriGiven: row.redirect_uri_given === 1,
    codeChallenge: row.code_challenge ?? undefined,
  }
}
