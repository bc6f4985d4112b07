/** Locks a SQLite file, as another program would during a slow write. */
import SqliteDatabase from 'better-sqlite3'

/** @returns a function that releases the lock */
export function lockSqliteFile(file: string): () => void {
  const other = new SqliteDatabase(file)
  other.exec('begin immediate')
  return () => other.close()
}
