import type { Kysely, Migration } from 'kysely'

/** The stream of changes adds up those of all calendars of a user, of deleted ones too, which the index so far leaves out. */
export const changesOfOwner: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.createIndex('changes_of_owner').on('calendars').columns(['owner', 'last_change']).execute()
  },
}
