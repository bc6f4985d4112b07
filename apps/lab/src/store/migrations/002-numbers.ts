import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('exchanges').addColumn('number', 'integer').execute()
  await db.schema.createIndex('exchanges_version').on('exchanges').columns(['run_id', 'version']).execute()
}
