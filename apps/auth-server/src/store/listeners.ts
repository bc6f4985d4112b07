/** The running copies of the resource server that keep the list of revoked tokens, and how much of it each has confirmed. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import type { Database, ListenerTable } from './schema'

/** @param leaseUntilMs until when the listener may trust its list, in milliseconds since the epoch */
export async function confirm(db: Database, id: string, seq: number, leaseUntilMs: number): Promise<void> {
  await put(db, { id, confirmed_seq: seq, lease_until_ms: leaseUntilMs })
}

const put = compiledOnce((db: Database, { id, ...row }: ListenerTable) =>
  db
    .insertInto('listeners')
    .values({ id, ...row })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row)),
)

/** The number that every listener with a running lease has confirmed; Infinity without listeners. */
export async function confirmedByAll(db: Database, nowMs: number): Promise<number> {
  const [row] = await selectLeast(db, { nowMs })
  return row?.seq ?? Infinity
}

const selectLeast = compiledOnce((db: Database, { nowMs }: { nowMs: number }) =>
  db
    .selectFrom('listeners')
    .select(({ fn }) => fn.min('confirmed_seq').as('seq'))
    .where('lease_until_ms', '>', nowMs),
)

export async function remove(db: Database, id: string): Promise<void> {
  await db.deleteFrom('listeners').where('id', '=', id).execute()
}
