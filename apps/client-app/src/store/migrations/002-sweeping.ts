import type { Kysely, Migration } from 'kysely'

/** The user of a session, so that data can be deleted once no session leads to it. */
export const sweeping: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema.alterTable('sessions').addColumn('user_id', 'text').execute()
    await db.schema.createIndex('sessions_user_id').on('sessions').column('user_id').execute()
    for (const { id, content } of await db.selectFrom('sessions').select(['id', 'content']).execute()) {
      const { userId } = JSON.parse(content)
      if (userId) await db.updateTable('sessions').set({ user_id: userId }).where('id', '=', id).execute()
    }
  },
}
