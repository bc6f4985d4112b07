import { createSessionTable } from '@glasshouse/shared/sessions'
import type { Kysely, Migration } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
type AnyDatabase = Kysely<any>

export const tripmate: Migration = {
  async up(db: AnyDatabase) {
    await createSessionTable(db)
    await connecting(db)
    await trips(db)
    await exchanges(db)
  },
}

async function connecting(db: AnyDatabase) {
  await db.schema
    .createTable('authorization_attempts')
    .addColumn('state_hash', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('code_verifier', 'text', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('return_to', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('used_at', 'bigint')
    .addColumn('settled_at', 'bigint')
    .execute()
  await index(db, 'authorization_attempts', ['created_at'])
  await db.schema
    .createTable('connections')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull().unique())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('access_token', 'text')
    .addColumn('refresh_token', 'text')
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('version', 'integer', column => column.notNull())
    .addColumn('refreshing_until_ms', 'bigint')
    .addColumn('connected_at', 'bigint', column => column.notNull())
    .addColumn('ended_at', 'bigint')
    .execute()
}

async function trips(db: AnyDatabase) {
  await db.schema
    .createTable('trips')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('starts_on', 'text', column => column.notNull())
    .addColumn('time_zone', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()
  await index(db, 'trips', ['user_id'])
  await db.schema
    .createTable('trip_items')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('trip_id', 'text', column => column.notNull().references('trips.id').onDelete('cascade'))
    .addColumn('summary', 'text', column => column.notNull())
    .addColumn('location', 'text', column => column.notNull())
    .addColumn('notes', 'text', column => column.notNull())
    .addColumn('starts_at', 'text', column => column.notNull())
    .addColumn('ends_at', 'text', column => column.notNull())
    .addColumn('time_zone', 'text', column => column.notNull())
    .addColumn('event_id', 'text')
    .addColumn('event_content', 'text')
    .addColumn('adding_until_ms', 'bigint')
    .execute()
  await index(db, 'trip_items', ['trip_id'])
}

async function exchanges(db: AnyDatabase) {
  await db.schema
    .createTable('exchanges')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('step', 'integer', column => column.notNull())
    .addColumn('content', 'text', column => column.notNull())
    .addColumn('at_ms', 'bigint', column => column.notNull())
    .execute()
  await index(db, 'exchanges', ['user_id', 'step', 'at_ms'])
}

async function index(db: AnyDatabase, table: string, columns: string[]) {
  await db.schema
    .createIndex(`${table}_${columns.join('_')}`)
    .on(table)
    .columns(columns)
    .execute()
}
