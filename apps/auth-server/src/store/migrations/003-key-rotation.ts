import type { Kysely, Migration } from 'kysely'

/** Key rotation: each signing key has a number in the sequence, and a time from which it signs. */
export const keyRotation: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    for (const name of ['generation', 'signs_from', 'token_ttl']) {
      await db.schema
        .alterTable('signing_keys')
        .addColumn(name, 'bigint', column => column.notNull().defaultTo(0))
        .execute()
    }
    const keys = await db.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid').execute()
    for (const [index, { kid, created_at }] of keys.entries()) {
      await db
        .updateTable('signing_keys')
        .set({ generation: index + 1, signs_from: created_at })
        .where('kid', '=', kid)
        .execute()
    }
    await db.schema.createIndex('signing_keys_generation').on('signing_keys').column('generation').unique().execute()
  },
}
