/** What a user has allowed a client to do. One row for each pair; a new decision changes the row. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { formatScope, includesScope, parseScope, type Scope } from '../protocol/scope'
import type { Database } from './schema'

const select = compiledOnce((db: Database, consent: { userId: string; clientId: string }) =>
  db
    .selectFrom('consents')
    .select('scope')
    .where('user_id', '=', consent.userId)
    .where('client_id', '=', consent.clientId),
)

/** The scope that this user has allowed this client, or undefined if the user has allowed nothing. */
export async function find(db: Database, userId: string, clientId: string): Promise<Scope | undefined> {
  const [row] = await select(db, { userId, clientId })
  return row && parseScope(row.scope)
}

export async function put(db: Database, userId: string, clientId: string, scope: Scope, now: number): Promise<void> {
  await db
    .insertInto('consents')
    .values({ user_id: userId, client_id: clientId, scope: formatScope(scope), granted_at: now, last_used_at: null })
    .onConflict(conflict =>
      conflict.columns(['user_id', 'client_id']).doUpdateSet({ scope: formatScope(scope), granted_at: now }),
    )
    .execute()
}

const lock = compiledOnce((db: Database, consent: { userId: string; clientId: string }) =>
  db
    .updateTable('consents')
    .set(({ ref }) => ({ granted_at: ref('granted_at') }))
    .where('user_id', '=', consent.userId)
    .where('client_id', '=', consent.clientId)
    .returning('scope'),
)

/**
 * Whether this scope is still allowed. Call it in the transaction that issues something for it: until that transaction
 * ends, a withdrawal or a narrower decision waits, and then sees what was issued. (An update locks the row on both engines.)
 */
export async function hold(db: Database, userId: string, clientId: string, scope: Scope): Promise<boolean> {
  const [row] = await lock(db, { userId, clientId })
  return row !== undefined && includesScope(parseScope(row.scope), scope)
}

/** Records that the client was issued a token at this time, in seconds since the epoch, unless a later one is recorded. */
export async function touch(db: Database, userId: string, clientId: string, issuedAt: number): Promise<void> {
  await db
    .updateTable('consents')
    .set({ last_used_at: issuedAt })
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .where(({ or, eb }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', issuedAt)]))
    .execute()
}

export interface ConnectedClient {
  clientId: string
  clientName: string
  /** The operator's own app, which gets access again when the user opens it. */
  firstParty: boolean
  scope: Scope
  /** Seconds since the epoch. */
  grantedAt: number
  /** When the client was last issued a token. That a token is used is not reported here. */
  lastTokenAt: number | undefined
}

/** The clients that have access to this user's data, newest first. */
export async function listOf(db: Database, userId: string): Promise<ConnectedClient[]> {
  const rows = await db
    .selectFrom('consents')
    .innerJoin('clients', 'clients.id', 'consents.client_id')
    .select(['client_id', 'name', 'first_party', 'consents.scope', 'granted_at', 'last_used_at'])
    .select(({ selectFrom }) =>
      selectFrom('token_families')
        .innerJoin('refresh_tokens', 'refresh_tokens.family_id', 'token_families.id')
        .select(({ fn }) => fn.max('issued_at').as('issued_at'))
        .whereRef('token_families.user_id', '=', 'consents.user_id')
        .whereRef('token_families.client_id', '=', 'consents.client_id')
        .as('last_refresh_token_at'),
    )
    .where('consents.user_id', '=', userId)
    .orderBy('granted_at', 'desc')
    .orderBy('client_id')
    .execute()
  return rows.map(row => ({
    clientId: row.client_id,
    clientName: row.name,
    firstParty: row.first_party === 1,
    scope: parseScope(row.scope),
    grantedAt: row.granted_at,
    lastTokenAt: Math.max(row.last_used_at ?? 0, row.last_refresh_token_at ?? 0) || undefined,
  }))
}

/** Removes every user's consent to this client. */
export async function removeAllTo(db: Database, clientId: string): Promise<void> {
  await db.deleteFrom('consents').where('client_id', '=', clientId).execute()
}

export async function remove(db: Database, userId: string, clientId: string): Promise<void> {
  await db.deleteFrom('consents').where('user_id', '=', userId).where('client_id', '=', clientId).execute()
}
