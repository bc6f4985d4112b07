/** The running copies of the resource server that keep the list of revoked tokens, and how much of it each has confirmed. */
import type { Database } from './schema'

/** @param leaseUntilMs until when the listener may trust its list, in milliseconds since the epoch */
export async function confirm(db: Database, id: string, seq: number, leaseUntilMs: number): Promise<void> {
  const row = { confirmed_seq: seq, lease_until_ms: leaseUntilMs }
  await db
    .insertInto('listeners')
    .values({ id, ...row })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** The number that every listener with a running lease has confirmed; Infinity without listeners. */
export async function confirmedByAll(db: Database, nowMs: number): Promise<number> {
  const row = await db
    .selectFrom('listeners')
    .select(({ fn }) => fn.min('confirmed_seq').as('seq'))
    .where('lease_until_ms', '>', nowMs)
    .executeTakeFirst()
  return row?.seq ?? Infinity
}

export async function remove(db: Database, id: string): Promise<void> {
  await db.deleteFrom('listeners').where('id', '=', id).execute()
}
