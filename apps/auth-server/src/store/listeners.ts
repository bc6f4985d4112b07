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

/** Whether every listener with a running lease has confirmed number `seq`. */
export async function allConfirmed(db: Database, seq: number, nowMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('listeners')
    .select('id')
    .where('confirmed_seq', '<', seq)
    .where('lease_until_ms', '>', nowMs)
    .limit(1)
    .executeTakeFirst()
  return row === undefined
}

export async function remove(db: Database, id: string): Promise<void> {
  await db.deleteFrom('listeners').where('id', '=', id).execute()
}

/** Deletes the listeners whose lease ended long ago. */
export async function removeLapsed(db: Database, beforeMs: number): Promise<void> {
  await db.deleteFrom('listeners').where('lease_until_ms', '<', beforeMs).execute()
}
