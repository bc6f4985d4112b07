/** Looks at the store that cost little: a number that says whether anything has changed. */
import type SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import type { Store } from './database'

/**
 * @param table has one row, with a number in its column `value`
 * @returns a function that gives the committed number, as it is at the call or later. SQLite gives it at once, without a
 *   place in the queue, unless a transaction of ours is under way; on PostgreSQL all who ask at the same time share one look
 */
export function lookAtNumber<Tables>({ db, driver }: Pick<Store<Tables>, 'db' | 'driver'>, table: string) {
  const query = sql<{ value: number }>`select value from ${sql.table(table)}`.compile(db)
  const read = (): Promise<{ rows: { value: number }[] }> =>
    driver.engine === 'postgres' ? driver.handle.query({ text: query.sql }) : db.executeQuery(query)
  const look = sharedLook(async () => {
    const { rows } = await read()
    if (!rows[0]) throw new Error(`the table ${table} is empty`)
    return rows[0].value
  })
  return driver.engine === 'postgres' ? look : lookAtFile(driver.handle, table, look)
}

/** One look serves all that are handled in the same turn of the event loop, because each of them had come before it. */
function lookAtFile(handle: SqliteDatabase.Database, table: string, inTurn: () => Promise<number>) {
  const value = handle.prepare<[], number>(`select value from "${table}"`).pluck()
  const ownChanges = handle.prepare<[], number>('select total_changes()').pluck() // reads no file, so it costs next to nothing
  let seen: { value: number; ownChanges: number | undefined } | undefined
  const forget = () => {
    seen = undefined
  }
  return (): number | Promise<number> => {
    if (handle.inTransaction) return inTurn()
    const now = ownChanges.get()
    if (seen && seen.ownChanges === now) return seen.value
    const read = value.get()
    if (read === undefined) return inTurn()
    if (!seen) setImmediate(forget)
    seen = { value: read, ownChanges: now }
    return read
  }
}

/**
 * Lets all who ask at the same time share one look at the store: it begins when Node has read what else has arrived.
 * @returns a function that resolves to what a look found that began after the call, so that nobody is told what was true
 *   before they asked
 */
export function sharedLook<T>(look: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined
  let next: Promise<T> | undefined
  const begin = (): Promise<T> => {
    next = undefined
    current = look().finally(() => {
      current = undefined
    })
    return current
  }
  return () => {
    // The look under way may have read already what has changed since.
    next ??= (current ? current.then(endOfTurn, endOfTurn) : endOfTurn()).then(begin)
    return next
  }
}

/** @returns resolves when the event loop has handled what has arrived until now */
function endOfTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
