import type { Kysely, Migration } from 'kysely'

/** Deleting a client deletes every user's consent to it, which so far meant reading every consent there is. */
export const consentsOfClient: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.createIndex('consents_client_id').on('consents').column('client_id').execute()
  },
}
