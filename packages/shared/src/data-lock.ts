/**
 * Keeps two copies of a service from working on the same SQLite file: each would believe that it is alone, and
 * `--reset` would delete files in use.
 *
 * A running service holds `<service>.lock` beside its data. The lock is one that SQLite takes from the operating system,
 * so it ends with the process, however that ends, and the file that stays behind means nothing. The data file itself
 * stays open to others: for a backup, or for `keys rotate` beside a running server.
 */
import type SqliteDatabase from 'better-sqlite3'
import type { StoreLocation } from './database'
import { openSqliteFile } from './sqlite'
import { explainStoreTrouble, StoreTrouble } from './store-trouble'

/** An open handle is the lock: it must not be collected as garbage. */
const held = new Set<SqliteDatabase.Database>()

/**
 * Takes the lock until the process ends. On PostgreSQL, where copies may share the data, there is nothing to take.
 * @returns what gives it back earlier
 * @throws StoreTrouble naming the folder and the process that holds it, or what is wrong with the folder
 */
export function holdData(location: StoreLocation): () => void {
  const { service, dataDir, databaseUrl } = location
  if (databaseUrl) return () => {}
  const name = `${service}.lock`
  try {
    const handle = openSqliteFile(dataDir, name)
    take(handle, location)
    held.add(handle)
    return () => {
      held.delete(handle)
      handle.close()
    }
  } catch (error) {
    throw explainStoreTrouble(error, location, name)
  }
}

/** Notes the process first, then locks; whoever comes too late can still read the note. */
function take(handle: SqliteDatabase.Database, { service, dataDir }: StoreLocation): void {
  try {
    handle.pragma('busy_timeout = 0')
    handle.pragma(`user_version = ${process.pid}`)
    handle.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const isTaken = (error as { code?: string }).code === 'SQLITE_BUSY'
    const holder = isTaken ? handle.pragma('user_version', { simple: true }) : undefined
    handle.close()
    if (!isTaken) throw error
    throw new StoreTrouble(
      `The data of ${service} in ${dataDir} is in use by process ${holder}. Stop that first (perhaps another "npm start"), or set DATA_DIR to another folder.`,
    )
  }
}
