import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('browser_aliases')
    .addColumn('browser', 'text', column => column.primaryKey())
    .addColumn('same_as', 'text', column => column.notNull())
    .execute()
}
