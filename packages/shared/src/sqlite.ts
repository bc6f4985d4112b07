/** SQLite files: how one is opened, and the dialect that Kysely speaks to it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { type Driver, SqliteDialect, type SqliteDatabase as SqliteForKysely, type SqliteStatement } from 'kysely'

/** Opens a file in `dataDir`, and creates both if they are missing. @throws what the system or the driver throws */
export function openSqliteFile(dataDir: string, name: string): SqliteDatabase.Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return new SqliteDatabase(join(dataDir, name))
}

/**
 * SQLite ends a transaction on its own when, for example, the disk is full. Kysely would then roll back once more, fail
 * with "no transaction is active", and hide the cause.
 */
export class OneRollbackDialect extends SqliteDialect {
  constructor(private readonly handle: SqliteDatabase.Database) {
    super({ database: withKeptStatements(handle) })
  }

  override createDriver(): Driver {
    const driver = super.createDriver()
    const rollback = driver.rollbackTransaction.bind(driver)
    driver.rollbackTransaction = async connection => {
      if (this.handle.inTransaction) await rollback(connection)
    }
    return driver
  }
}

/** A service has about a hundred statements. Those with a list of values come in as many lengths as the list. */
const MOST_KEPT = 300

/** In characters. A longer statement is an insert of many rows, which would take much memory and is rare. */
const LONGEST_KEPT = 4_000

const CHANGES_TABLES = /^\s*(?:create|alter|drop)\b/i

/**
 * Kysely prepares a statement each time it runs it, which costs more than most statements do. This keeps each prepared
 * statement under its text; the one that was not used for longest makes room for a new one. SQLite itself prepares a
 * kept statement again when the schema has changed.
 */
function withKeptStatements(handle: SqliteDatabase.Database): SqliteForKysely {
  const kept = new Map<string, SqliteStatement>()
  return {
    prepare(text) {
      const statement = kept.get(text) ?? withQuickRows(handle.prepare<unknown[]>(text))
      if (CHANGES_TABLES.test(text)) kept.clear() // the columns of `select *` may be others now
      if (text.length > LONGEST_KEPT) return statement
      // A Map is in the order of insertion: the first one was not used for longest.
      kept.delete(text)
      kept.set(text, statement)
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT) break
        kept.delete(oldest)
      }
      return statement
    },
    close: () => handle.close(),
  }
}

/** The driver makes an array of a row in half the time that it needs for an object. */
function withQuickRows(statement: SqliteDatabase.Statement<unknown[]>): SqliteStatement {
  if (!statement.reader) return statement
  const names = statement.columns().map(({ name }) => name)
  statement.raw()
  const toRow = (values: unknown) => {
    const row: Record<string, unknown> = {}
    for (let index = 0; index < names.length; index++) row[names[index] as string] = (values as unknown[])[index]
    return row
  }
  return {
    reader: true,
    all: parameters => statement.all(parameters).map(toRow),
    *iterate(parameters) {
      for (const values of statement.iterate(parameters)) yield toRow(values)
    },
    run: parameters => statement.run(parameters),
  }
}
