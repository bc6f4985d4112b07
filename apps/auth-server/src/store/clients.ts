/** The registered clients, and the resource servers that tokens are issued for. */
import type { Selectable } from 'kysely'
import type { Client, ClientMetadata, GrantType } from '../protocol/client'
import type { ClientAuthenticationMethod } from '../protocol/client-authentication'
import type { ResourceServer } from '../protocol/resource'
import { formatScope, parseScope } from '../protocol/scope'
import { remembered } from './registry'
import type { ClientTable, Database } from './schema'

export function find(db: Database, id: string): Promise<Client | undefined> {
  return remembered(db, `client ${id}`, async () => {
    const row = await db.selectFrom('clients').selectAll().where('id', '=', id).executeTakeFirst()
    return row && toClient(row)
  })
}

/**
 * Adds the operator's own client, or updates the one with that id: its secret may have changed. Nothing else can make a client
 * first-party: `register` and `update` do not write that column.
 */
export async function put(db: Database, client: Client, createdAt: number): Promise<void> {
  const row = { ...toRow(client), first_party: client.firstParty ? 1 : 0 }
  await db
    .insertInto('clients')
    .values({ ...row, registration_token_hash: null, owner_id: null, created_at: createdAt })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Who manages a client that the operator did not enter: the client itself, by a token, or the user who registered it. */
export type Registrant = { registrationTokenHash: string } | { ownerId: string }

export async function register(db: Database, client: Client, by: Registrant, now: number): Promise<void> {
  await db
    .insertInto('clients')
    .values({
      ...toRow(client),
      registration_token_hash: 'registrationTokenHash' in by ? by.registrationTokenHash : null,
      owner_id: 'ownerId' in by ? by.ownerId : null,
      created_at: now,
    })
    .execute()
}

export interface Registration {
  client: Client
  /** Seconds since the epoch. */
  issuedAt: number
}

/** A client that registered itself (RFC 7592), with the hash of the token it manages its registration with. */
export async function findSelfRegistered(
  db: Database,
  id: string,
): Promise<(Registration & { registrationTokenHash: string }) | undefined> {
  const row = await db
    .selectFrom('clients')
    .selectAll()
    .where('id', '=', id)
    .where('registration_token_hash', 'is not', null)
    .executeTakeFirst()
  if (!row?.registration_token_hash) return undefined
  return { client: toClient(row), issuedAt: row.created_at, registrationTokenHash: row.registration_token_hash }
}

/** The clients that this user registered, oldest first. */
export async function listOwnedBy(db: Database, ownerId: string): Promise<Registration[]> {
  const rows = await db
    .selectFrom('clients')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(row => ({ client: toClient(row), issuedAt: row.created_at }))
}

/** Whether this user registered the client. */
export async function isOwnedBy(db: Database, id: string, ownerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('clients')
    .select('id')
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst()
  return row !== undefined
}

/** Replaces a client's metadata and its secret. Who manages the client does not change. */
export async function update(db: Database, client: Client): Promise<void> {
  const { id, ...row } = toRow(client)
  await db.updateTable('clients').set(row).where('id', '=', id).execute()
}

export async function remove(db: Database, id: string): Promise<void> {
  await db.deleteFrom('clients').where('id', '=', id).execute()
}

/** The resource servers (RFC 8707) that a token can be issued for, sorted by identifier. */
export function resourceServers(db: Database): Promise<readonly ResourceServer[]> {
  return remembered(db, 'resource servers', async () => {
    const rows = await db
      .selectFrom('clients')
      .select(['resource', 'scope'])
      .where('resource', 'is not', null)
      .orderBy('resource')
      .execute()
    return rows.map(row => ({ identifier: row.resource ?? '', scope: parseScope(row.scope) }))
  })
}

function toRow(
  client: Client,
): Omit<ClientTable, 'first_party' | 'registration_token_hash' | 'owner_id' | 'created_at'> {
  return {
    id: client.id,
    name: client.name,
    secret_hash: client.type === 'confidential' ? client.secretHash : null,
    redirect_uris: JSON.stringify(client.redirectUris),
    grant_types: JSON.stringify(client.grantTypes),
    scope: formatScope(client.scope),
    require_pkce: client.requirePkce ? 1 : 0,
    token_endpoint_auth_method: client.authenticationMethod,
    application_type: client.applicationType,
    client_uri: client.clientUri ?? null,
    logo_uri: client.logoUri ?? null,
    contacts: JSON.stringify(client.contacts),
    jwks: client.jwks ? JSON.stringify(client.jwks) : null,
    resource: client.resource ?? null,
  }
}

function toClient(row: Selectable<ClientTable>): Client {
  const metadata = {
    id: row.id,
    name: row.name,
    redirectUris: JSON.parse(row.redirect_uris) as string[],
    grantTypes: JSON.parse(row.grant_types) as GrantType[],
    scope: parseScope(row.scope),
    requirePkce: row.require_pkce === 1,
    authenticationMethod: row.token_endpoint_auth_method as ClientAuthenticationMethod,
    applicationType: row.application_type as ClientMetadata['applicationType'],
    clientUri: row.client_uri ?? undefined,
    logoUri: row.logo_uri ?? undefined,
    contacts: JSON.parse(row.contacts) as string[],
    jwks: row.jwks ? (JSON.parse(row.jwks) as NonNullable<ClientMetadata['jwks']>) : undefined,
    resource: row.resource ?? undefined,
    vouchedFor: row.registration_token_hash === null && row.owner_id === null,
    firstParty: row.first_party === 1,
  }
  if (row.secret_hash === null) return { ...metadata, type: 'public' }
  return { ...metadata, type: 'confidential', secretHash: row.secret_hash }
}
