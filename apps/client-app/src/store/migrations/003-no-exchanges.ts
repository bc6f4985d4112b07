import type { Kysely, Migration } from 'kysely'

/** Tripmate no longer keeps the messages of the seven steps: in demo mode, the Lab records them. */
export const noExchanges: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.dropTable('exchanges').execute()
  },
}
