/** Does to a SQLite file what another program may do: begins to write, and takes its time. */
import SqliteDatabase from 'better-sqlite3'

/** @returns a function that lets the others write again */
export function lockSqliteFile(file: string): () => void {
  const other = new SqliteDatabase(file)
  other.exec('begin immediate')
  return () => other.close()
}
