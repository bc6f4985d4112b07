/**
 * Lets writes that arrive at the same time share a transaction. On SQLite a commit takes about as long as the statements
 * before it. On PostgreSQL, writes that take the same row wait for each other, each for four round trips.
 */
import { type Kysely, SqliteAdapter, type Transaction } from 'kysely'

interface Waiting {
  write(db: Kysely<unknown>): Promise<unknown>
  isOneStatement: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** So many share a transaction at most. */
const MOST_TOGETHER = 100

/** By the database, then by the row that they take. A list that exists is being worked off. */
const waitingFor = new WeakMap<object, Map<string, Waiting[]>>()

/** On SQLite a transaction takes the whole file. */
const WHOLE_FILE = ''

/**
 * Runs `write` in a transaction, which it may share with other writes: on SQLite with any, on PostgreSQL with those that take
 * the same row.
 * @param write may run twice, and is then undone in between: it changes nothing but through the transaction
 * @param row names the row that `write` takes first; it takes no other that somebody who waits for this one may hold. Without
 *   it, `write` has a transaction of its own on PostgreSQL
 * @returns what `write` returns, once that is stored
 * @throws what `write` throws; nothing of this write is stored then, and the others are
 */
export function inOneCommit<Tables, T>(
  db: Kysely<Tables>,
  write: (transaction: Transaction<Tables>) => Promise<T>,
  row?: string,
): Promise<T> {
  const shared = isSqlite(db) ? WHOLE_FILE : row
  if (shared === undefined) return db.transaction().execute(write)
  return enqueue(db, shared, write as (db: Kysely<Tables>) => Promise<T>, false)
}

/**
 * The same for a single statement, which needs no transaction of its own.
 * @param db a transaction is used as it is
 */
export function sharingCommit<Tables, T>(db: Kysely<Tables>, run: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  return isSqlite(db) && !db.isTransaction ? enqueue(db, WHOLE_FILE, run, true) : run(db)
}

function isSqlite<Tables>(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

function enqueue<Tables, T>(
  db: Kysely<Tables>,
  row: string,
  write: (db: Kysely<Tables>) => Promise<T>,
  isOneStatement: boolean,
): Promise<T> {
  const byRow = waitingFor.get(db) ?? new Map<string, Waiting[]>()
  waitingFor.set(db, byRow)
  return new Promise<T>((resolve, reject) => {
    const others = byRow.get(row)
    const waiting = others ?? []
    waiting.push({ write, isOneStatement, resolve, reject } as Waiting)
    if (others) return
    byRow.set(row, waiting)
    // By then Node has read what else has arrived.
    setImmediate(async () => {
      while (waiting.length > 0) await storeAll(db as Kysely<unknown>, waiting.splice(0, MOST_TOGETHER))
      byRow.delete(row)
    })
  })
}

async function storeAll(db: Kysely<unknown>, together: Waiting[]): Promise<void> {
  const [first] = together
  if (first?.isOneStatement && together.length === 1) return first.write(db).then(first.resolve, first.reject)
  let oneFailed = false
  try {
    const results = await db.transaction().execute(transaction => runAll(transaction, together).catch(failed))
    for (const [index, { resolve }] of together.entries()) resolve(results[index])
  } catch (error) {
    // One failed and undid the others, so each runs by itself. When the commit fails, nobody knows what is stored.
    if (oneFailed && together.length > 1) await Promise.all(together.map(one => storeAll(db, [one])))
    else for (const { reject } of together) reject(error)
  }

  function failed(error: unknown): never {
    oneFailed = true
    throw error
  }
}

async function runAll(transaction: Kysely<unknown>, together: Waiting[]): Promise<unknown[]> {
  const results: unknown[] = []
  for (const { write } of together) results.push(await write(transaction))
  return results
}
