/**
 * Lets writes that arrive at the same time share a transaction. On SQLite a commit takes about as long as the statements
 * before it. On PostgreSQL each statement is a round trip, and writes that take the same row wait for each other.
 */
import { type Kysely, SqliteAdapter, type Transaction } from 'kysely'
import { pipelined } from './pipelined'

/** On PostgreSQL: which writes share a transaction. Of rows that exist, a write takes one that another may want, and no more. */
export interface Sharing {
  /** Those with the same name share one. */
  name: string
  /**
   * The row that it takes. Writes with a row run at the same time, so what one does between two statements of another must not
   * matter. They begin in the order of their rows: otherwise two copies could each hold a row for which the other waits, until
   * PostgreSQL ends one of the transactions after a second. Without it they run one after the other.
   */
  row?: string
}

interface Waiting {
  write(db: Kysely<unknown>): Promise<unknown>
  row: string | undefined
  isOneStatement: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** So many share a transaction at most. */
const MOST_TOGETHER = 100

/** In milliseconds. Writes that want other rows do not wait any longer for a row that somebody holds. */
const SLOW_MS = 50

/** By the database, then by the name under which they share. A list that exists is being worked off. */
const waitingFor = new WeakMap<object, Map<string, Waiting[]>>()

/** On SQLite a transaction takes the whole file. */
const WHOLE_FILE: Sharing = { name: 'file' }

/**
 * Runs `write` in a transaction, which it may share with other writes.
 * @param write may run twice, and is then undone in between: it changes nothing but through the transaction
 * @param sharing with which writes on PostgreSQL; without it, with none. On SQLite any writes share
 * @returns what `write` returns, once that is stored
 * @throws what `write` throws; nothing of this write is stored then, and the others are
 */
export function inOneCommit<Tables, T>(
  db: Kysely<Tables>,
  write: (transaction: Transaction<Tables>) => Promise<T>,
  sharing?: Sharing,
): Promise<T> {
  const shared = isSqlite(db) ? WHOLE_FILE : sharing
  if (!shared) return db.transaction().execute(write)
  return enqueue(db, shared, write as (db: Kysely<Tables>) => Promise<T>, false)
}

/**
 * The same for a single statement, which needs no transaction of its own.
 * @param db a transaction is used as it is
 */
export function sharingCommit<Tables, T>(
  db: Kysely<Tables>,
  run: (db: Kysely<Tables>) => Promise<T>,
  sharing: Required<Sharing>,
): Promise<T> {
  if (db.isTransaction) return run(db)
  return enqueue(db, isSqlite(db) ? WHOLE_FILE : sharing, run, true)
}

function isSqlite<Tables>(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

function enqueue<Tables, T>(
  db: Kysely<Tables>,
  { name, row }: Sharing,
  write: (db: Kysely<Tables>) => Promise<T>,
  isOneStatement: boolean,
): Promise<T> {
  const byName = waitingFor.get(db) ?? new Map<string, Waiting[]>()
  waitingFor.set(db, byName)
  return new Promise<T>((resolve, reject) => {
    const others = byName.get(name)
    const waiting = others ?? []
    waiting.push({ write, row, isOneStatement, resolve, reject } as Waiting)
    if (others) return
    byName.set(name, waiting)
    // By then Node has read what else has arrived.
    setImmediate(async () => {
      while (waiting.length > 0) {
        const stored = storeAll(db as Kysely<unknown>, waiting.splice(0, MOST_TOGETHER))
        await (row === undefined ? stored : atMost(SLOW_MS, stored))
      }
      byName.delete(name)
    })
  })
}

async function storeAll(db: Kysely<unknown>, together: Waiting[]): Promise<void> {
  const [first] = together
  if (first?.isOneStatement && together.length === 1) return first.write(db).then(first.resolve, first.reject)
  let oneFailed = false
  try {
    const results = await db.transaction().execute(transaction => runAll(transaction, together).catch(failed))
    for (const [one, result] of results) one.resolve(result)
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

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

type Results = [Waiting, unknown][]

async function runAll(transaction: Transaction<unknown>, together: Waiting[]): Promise<Results> {
  if (together.every(({ row }) => row !== undefined)) return pipelined(transaction, db => runAtOnce(db, together))
  const results: Results = []
  for (const one of together) results.push([one, await one.write(transaction)])
  return results
}

async function runAtOnce(db: Kysely<unknown>, together: Waiting[]): Promise<Results> {
  const inOrder = together.toSorted((one, other) => compare(String(one.row), String(other.row)))
  const all = await Promise.allSettled(inOrder.map(async one => [one, await one.write(db)] as [Waiting, unknown]))
  return all.map(result => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
