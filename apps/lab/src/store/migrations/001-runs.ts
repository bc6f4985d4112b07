import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('browser', 'text')
    .addColumn('client', 'text')
    .addColumn('started_at', 'bigint', column => column.notNull())
    .addColumn('last_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('runs_browser').on('runs').columns(['browser', 'started_at']).execute()
  await db.schema.createIndex('runs_client').on('runs').columns(['client', 'started_at']).execute()

  await db.schema
    .createTable('exchanges')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('trace_id', 'text', column => column.notNull())
    .addColumn('run_id', 'text')
    .addColumn('caused_by', 'text')
    .addColumn('started_at', 'bigint', column => column.notNull())
    .addColumn('client_end', 'text')
    .addColumn('server_end', 'text')
    .addColumn('version', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('exchanges_run').on('exchanges').columns(['run_id', 'started_at']).execute()
  await db.schema.createIndex('exchanges_trace').on('exchanges').column('trace_id').execute()

  await db.schema
    .createTable('secret_values')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('tail', 'text', column => column.notNull())
    .addColumn('length', 'integer', column => column.notNull())
    .addColumn('sealed', 'text')
    .addColumn('plain', 'text')
    .addColumn('claims', 'text')
    .addColumn('first_seen_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('spent_at', 'bigint')
    .addColumn('spent_why', 'text')
    .addColumn('belongs_to', 'text')
    .execute()

  await db.schema
    .createTable('follows')
    .addColumn('browser', 'text', column => column.notNull())
    .addColumn('client', 'text', column => column.notNull())
    .addPrimaryKeyConstraint('follows_key', ['browser', 'client'])
    .execute()
}
