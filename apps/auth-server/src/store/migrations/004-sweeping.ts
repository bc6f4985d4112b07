import { type Kysely, type Migration, sql } from 'kysely'

/** Until when a token family can matter, so that expired ones can be deleted. */
export const sweeping: Migration = {
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
  async up(db: Kysely<any>) {
    await db.schema
      .alterTable('token_families')
      .addColumn('live_until', 'bigint', column => column.notNull().defaultTo(0))
      .execute()
    // Plus a day, which is longer than any access token issued together with the last refresh token lives.
    await sql`
      update token_families set live_until = 86400 + coalesce(
        (select max(expires_at) from refresh_tokens where refresh_tokens.family_id = token_families.id),
        created_at
      )`.execute(db)
    await db.schema.createIndex('token_families_live_until').on('token_families').column('live_until').execute()
    await db.schema.createIndex('authorization_codes_family_id').on('authorization_codes').column('family_id').execute()
  },
}
