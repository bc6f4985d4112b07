import type { Kysely, Migration } from 'kysely'

/** Clients that register themselves (RFC 7591) or that a user registers, and resource servers by name (RFC 8707). */
export const registeredClients: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    const addColumn = (name: string, byDefault?: string) =>
      db.schema
        .alterTable('clients')
        .addColumn(name, 'text', column => (byDefault === undefined ? column : column.notNull().defaultTo(byDefault)))
        .execute()
    await addColumn('token_endpoint_auth_method', 'client_secret_basic')
    await addColumn('application_type', 'web')
    await addColumn('logo_uri')
    await addColumn('contacts', '[]')
    await addColumn('jwks')
    await addColumn('resource')
    await addColumn('registration_token_hash')
    await addColumn('owner_id')
    await db
      .updateTable('clients')
      .set({ token_endpoint_auth_method: 'none' })
      .where('secret_hash', 'is', null)
      .execute()
    await db
      .updateTable('clients')
      .set(({ ref }) => ({ resource: ref('client_uri') }))
      .where('resource_server', '=', 1)
      .execute()
    await db.schema.alterTable('clients').dropColumn('resource_server').execute()
    // The table now counts more than wrong passwords (../../rate-limit.ts).
    await db.schema.alterTable('sign_in_failures').renameTo('rate_limits').execute()
    await db.schema.createIndex('ended_tokens_id').on('ended_tokens').column('id').execute()
    await db.schema.createIndex('clients_resource').on('clients').column('resource').execute()
    await db.schema.createIndex('clients_owner_id').on('clients').column('owner_id').execute()
    await db.schema.createIndex('token_families_client_id').on('token_families').column('client_id').execute()
  },
}
