/** The table `secret_values`, which `capture/value-vault.ts` alone reads and writes. */
import type { Database, SecretValueTable } from './schema'

export function all(db: Database): Promise<SecretValueTable[]> {
  return db.selectFrom('secret_values').selectAll().orderBy('first_seen_at').execute()
}

export async function add(db: Database, row: SecretValueTable): Promise<void> {
  await db
    .insertInto('secret_values')
    .values(row)
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

export async function update(db: Database, { id, ...columns }: SecretValueTable): Promise<void> {
  await db.updateTable('secret_values').set(columns).where('id', '=', id).execute()
}

export async function remove(db: Database, ids: string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    await db
      .deleteFrom('secret_values')
      .where('id', 'in', ids.slice(at, at + 500))
      .execute()
  }
}
