import type { Kysely, Migration } from 'kysely'

/** The operator's own apps, for which users are not asked for consent. No existing client becomes one. */
export const firstParty: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .alterTable('clients')
      .addColumn('first_party', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  },
}
