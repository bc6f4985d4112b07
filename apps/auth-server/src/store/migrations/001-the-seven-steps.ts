import { createSessionTable } from '@glasshouse/shared/sessions'
import type { Kysely, Migration } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
type AnyDatabase = Kysely<any>

export const theSevenSteps: Migration = {
  async up(db: AnyDatabase) {
    await createSessionTable(db)
    await people(db)
    await authorization(db)
    await tokens(db)
    await endedTokens(db)
  },
}

async function people(db: AnyDatabase) {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('username', 'text', column => column.notNull().unique())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('password_hash', 'text', column => column.notNull())
    .execute()
  await db.schema
    .createTable('clients')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('secret_hash', 'text')
    .addColumn('redirect_uris', 'text', column => column.notNull())
    .addColumn('grant_types', 'text', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('require_pkce', 'integer', column => column.notNull())
    .addColumn('resource_server', 'integer', column => column.notNull())
    .addColumn('client_uri', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema
    .createTable('consents')
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('granted_at', 'bigint', column => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .addPrimaryKeyConstraint('consents_key', ['user_id', 'client_id'])
    .execute()
  // The layout that rate-limiter-flexible requires (../../sign-in-limit.ts). It counts in milliseconds.
  await db.schema
    .createTable('sign_in_failures')
    .addColumn('key', 'varchar(255)', column => column.primaryKey())
    .addColumn('points', 'integer', column => column.notNull())
    .addColumn('expire', 'bigint')
    .execute()
}

async function authorization(db: AnyDatabase) {
  await db.schema
    .createTable('authorization_requests')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('browser', 'text', column => column.notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('redirect_uri', 'text', column => column.notNull())
    .addColumn('redirect_uri_given', 'integer', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('state', 'text')
    .addColumn('code_challenge', 'text')
    .addColumn('audience', 'text', column => column.notNull())
    .addColumn('prompt', 'text', column => column.notNull())
    .addColumn('received', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('signed_in_at', 'bigint')
    .addColumn('decided_at', 'bigint')
    .execute()
  await db.schema
    .createTable('authorization_codes')
    .addColumn('hash', 'text', column => column.primaryKey())
    .addColumn('family_id', 'text', column => column.notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('redirect_uri', 'text', column => column.notNull())
    .addColumn('redirect_uri_given', 'integer', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('code_challenge', 'text')
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('redeemed_at', 'bigint')
    .execute()
  await index(db, 'authorization_requests', 'expires_at')
  await index(db, 'authorization_codes', 'expires_at')
}

async function tokens(db: AnyDatabase) {
  await db.schema
    .createTable('token_families')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('audience', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('ended_at', 'bigint')
    .execute()
  await db.schema.createIndex('token_families_of_user').on('token_families').columns(['user_id', 'client_id']).execute()
  await db.schema
    .createTable('refresh_tokens')
    .addColumn('hash', 'text', column => column.primaryKey())
    .addColumn('family_id', 'text', column => column.notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('issued_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('replaced_at', 'bigint')
    .execute()
  await index(db, 'refresh_tokens', 'family_id')
  await index(db, 'refresh_tokens', 'expires_at')
  await db.schema
    .createTable('signing_keys')
    .addColumn('kid', 'text', column => column.primaryKey())
    .addColumn('algorithm', 'text', column => column.notNull())
    .addColumn('private_key_pem', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()
}

async function endedTokens(db: AnyDatabase) {
  await db.schema
    .createTable('ended_tokens')
    .addColumn('seq', 'bigint', column => column.primaryKey())
    .addColumn('id', 'text', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()
  await index(db, 'ended_tokens', 'expires_at')
  // One row. Taking a number locks it until commit, so that numbers become visible in order.
  await db.schema
    .createTable('ended_token_counter')
    .addColumn('id', 'integer', column => column.primaryKey())
    .addColumn('value', 'bigint', column => column.notNull())
    .execute()
  await db.insertInto('ended_token_counter').values({ id: 1, value: 0 }).execute()
  await db.schema
    .createTable('listeners')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('confirmed_seq', 'bigint', column => column.notNull())
    .addColumn('lease_until_ms', 'bigint', column => column.notNull())
    .execute()
}

async function index(db: AnyDatabase, table: string, column: string) {
  await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
}
