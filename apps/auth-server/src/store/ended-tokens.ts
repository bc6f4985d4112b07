/** The tokens that were revoked before they expired, in the order of revocation. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import type { Database, EndedTokenTable } from './schema'

export interface EndedToken {
  /** Counts up from 1. A reader that sees a number has seen every lower one. */
  seq: number
  /** A `jti`, or the id of a token family. */
  id: string
  /** Seconds since the epoch: when the last token that this entry concerns would have expired. */
  expiresAt: number
}

/** Both engines limit the number of values in one statement. */
const ROWS_AT_ONCE = 1000

const count = compiledOnce((db: Database, { more }: { more: number }) =>
  db
    .updateTable('ended_token_counter')
    .set(({ eb }) => ({ value: eb('value', '+', more) }))
    .returning('value'),
)

const insertOne = compiledOnce((db: Database, row: EndedTokenTable) => db.insertInto('ended_tokens').values(row))

/** Call it in the transaction that revokes the tokens. @returns the number of the last entry added */
export async function add(db: Database, ids: string[], expiresAt: number): Promise<number> {
  // This locks the counter's row until commit, so a reader that sees number n has seen every lower number.
  const [counter] = await count(db, { more: ids.length })
  if (!counter) throw new Error('the table ended_token_counter is empty')
  const { value } = counter
  const [id] = ids
  if (id !== undefined && ids.length === 1) {
    await insertOne(db, { seq: value, id, expires_at: expiresAt })
    return value
  }
  const first = value - ids.length + 1
  const rows = ids.map((id, index) => ({ seq: first + index, id, expires_at: expiresAt }))
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    await db
      .insertInto('ended_tokens')
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .execute()
  }
  return value
}

const selectSince = compiledOnce((db: Database, { after, now }: { after: number; now: number }) =>
  db.selectFrom('ended_tokens').selectAll().where('seq', '>', after).where('expires_at', '>', now).orderBy('seq'),
)

/** The entries that were added after number `after` and have not expired. */
export async function since(db: Database, after: number, now: number): Promise<EndedToken[]> {
  const rows = await selectSince(db, { after, now })
  return rows.map(row => ({ seq: row.seq, id: row.id, expiresAt: row.expires_at }))
}

const selectEither = compiledOnce((db: Database, ended: { jti: string; familyId: string }) =>
  db.selectFrom('ended_tokens').select('seq').where('id', 'in', [ended.jti, ended.familyId]).limit(1),
)

/** Whether this token is on the list, or its family. */
export async function includes(db: Database, jti: string, familyId: string): Promise<boolean> {
  return (await selectEither(db, { jti, familyId })).length > 0
}

/** The number of this entry, or undefined if it is not on the list. */
export async function numberOf(db: Database, id: string): Promise<number | undefined> {
  const row = await db.selectFrom('ended_tokens').select('seq').where('id', '=', id).limit(1).executeTakeFirst()
  return row?.seq
}
