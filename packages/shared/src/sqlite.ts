/** SQLite files: how one is opened, and the dialect that Kysely speaks to it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { type Driver, SqliteDialect } from 'kysely'

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
    super({ database: handle })
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
