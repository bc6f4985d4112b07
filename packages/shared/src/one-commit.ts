/**
 * On SQLite a commit takes about as long as the statements before it. Writes that arrive at the same time share one.
 * PostgreSQL joins the commits of its connections itself.
 */
import { type Kysely, SqliteAdapter, type Transaction } from 'kysely'

interface Waiting {
  write(db: Kysely<unknown>): Promise<unknown>
  isOneStatement: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** By the database that they write to. */
const waitingFor = new WeakMap<object, Waiting[]>()

/**
 * Runs `write` in a transaction, which on SQLite it may share with other writes.
 * @param write may run twice, and is then undone in between: it changes nothing but through the transaction
 * @returns what `write` returns, once that is stored
 * @throws what `write` throws; nothing of this write is stored then, and the others are
 */
export function inOneCommit<Tables, T>(
  db: Kysely<Tables>,
  write: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return isSqlite(db)
    ? enqueue(db, write as (db: Kysely<Tables>) => Promise<T>, false)
    : db.transaction().execute(write)
}

/**
 * The same for a single statement, which needs no transaction of its own.
 * @param db a transaction is used as it is
 */
export function sharingCommit<Tables, T>(db: Kysely<Tables>, run: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  return isSqlite(db) && !db.isTransaction ? enqueue(db, run, true) : run(db)
}

function isSqlite<Tables>(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

function enqueue<Tables, T>(
  db: Kysely<Tables>,
  write: (db: Kysely<Tables>) => Promise<T>,
  isOneStatement: boolean,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const waiting = waitingFor.get(db) ?? []
    waiting.push({ write, isOneStatement, resolve, reject } as Waiting)
    if (waiting.length > 1) return
    waitingFor.set(db, waiting)
    // By then Node has read what else has arrived.
    setImmediate(() => {
      waitingFor.delete(db)
      void storeAll(db as Kysely<unknown>, waiting)
    })
  })
}

async function storeAll(db: Kysely<unknown>, waiting: Waiting[]): Promise<void> {
  try {
    const results = await runAll(db, waiting)
    for (const [index, { resolve }] of waiting.entries()) resolve(results[index])
  } catch (error) {
    if (waiting.length === 1) return waiting[0]?.reject(error)
    // One of them failed and undid the others, so each runs by itself.
    for (const one of waiting) await storeAll(db, [one])
  }
}

async function runAll(db: Kysely<unknown>, waiting: Waiting[]): Promise<unknown[]> {
  const [first] = waiting
  if (first?.isOneStatement && waiting.length === 1) return [await first.write(db)]
  return db.transaction().execute(async transaction => {
    const results: unknown[] = []
    for (const { write } of waiting) results.push(await write(transaction))
    return results
  })
}
