/** The table `browser_aliases`: cookies that belong to one browser (`capture/browsers.ts`). */
import type { BrowserAliasTable, Database } from './schema'

export function all(db: Database): Promise<BrowserAliasTable[]> {
  return db.selectFrom('browser_aliases').selectAll().execute()
}

/** Removes those of browsers that have no run any longer. @returns the browsers whose aliases were removed */
export async function removeUnused(db: Database): Promise<string[]> {
  const rows = await db
    .deleteFrom('browser_aliases')
    .where('same_as', 'not in', eb => eb.selectFrom('runs').select('browser').where('browser', 'is not', null))
    .returning('browser')
    .execute()
  return rows.map(({ browser }) => browser)
}

export async function add(db: Database, alias: BrowserAliasTable): Promise<void> {
  await db
    .insertInto('browser_aliases')
    .values(alias)
    .onConflict(conflict => conflict.column('browser').doUpdateSet({ same_as: alias.same_as }))
    .execute()
}
