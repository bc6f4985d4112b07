/**
 * Prevents two copies of a service from using the same SQLite file: each would assume exclusive access, and
 * `--reset` would delete files in use.
 *
 * A running service holds `<service>.lock` beside its data. SQLite takes the lock from the operating system,
 * which releases it when the process ends for any reason; a leftover file does not block the next start. The data file
 * itself is not locked, so that a backup or `keys rotate` can run beside the server.
 */
import type SqliteDatabase from 'better-sqlite3'
import type { StoreLocation } from './database'
import { openSqliteFile } from './sqlite'
import { explainStoreTrouble, StoreTrouble } from './store-trouble'

/** The open handle is the lock, so it must not be garbage-collected. */
const held = new Set<SqliteDatabase.Database>()

/**
 * Takes the lock until the process ends. Does nothing on PostgreSQL, where copies may share the data.
 * @returns a function that releases it earlier
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

/** Writes the process id before locking, so that a second process can read who holds the lock. */
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
      `The data of ${service} in ${dataDir} is in use by process ${holder}. Stop that process first (perhaps another "npm start"), or set DATA_DIR to another folder.`,
    )
  }
}
