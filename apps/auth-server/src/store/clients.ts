/** The applications that may ask. */
import type { Client, GrantType } from '../protocol/client'
import { formatScope, parseScope } from '../protocol/scope'
import type { ClientTable, Database } from './schema'

export async function find(db: Database, id: string): Promise<Client | undefined> {
  const row = await db.selectFrom('clients').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toClient(row)
}

/** Adds the client or, when there is one of that id, brings it up to date: its secret may have changed. */
export async function put(db: Database, client: Client, createdAt: number): Promise<void> {
  const row = {
    name: client.name,
    secret_hash: client.type === 'confidential' ? client.secretHash : null,
    redirect_uris: JSON.stringify(client.redirectUris),
    grant_types: JSON.stringify(client.grantTypes),
    scope: formatScope(client.scope),
    require_pkce: client.requirePkce ? 1 : 0,
    resource_server: client.resourceServer ? 1 : 0,
    client_uri: client.clientUri ?? null,
  }
  await db
    .insertInto('clients')
    .values({ id: client.id, created_at: createdAt, ...row })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute()
}

function toClient(row: ClientTable): Client {
  const metadata = {
    id: row.id,
    name: row.name,
    redirectUris: JSON.parse(row.redirect_uris) as string[],
    grantTypes: JSON.parse(row.grant_types) as GrantType[],
    scope: parseScope(row.scope),
    requirePkce: row.require_pkce === 1,
    resourceServer: row.resource_server === 1,
    clientUri: row.client_uri ?? undefined,
  }
  if (row.secret_hash === null) return { ...metadata, type: 'public' }
  return { ...metadata, type: 'confidential', secretHash: row.secret_hash }
}
