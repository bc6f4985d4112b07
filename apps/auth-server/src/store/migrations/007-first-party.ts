import type { Kysely, Migration } from 'kysely'

/** The operator's own apps, which users are not asked about. Every client that exists so far is none of them. */
export const firstParty: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .alterTable('clients')
      .addColumn('first_party', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  },
}
