/** Keeps a PostgreSQL table locked, so that every statement on it waits. */
import { Client } from 'pg'

/** @param table with its schema. @returns a function that lets the waiting statements through */
export async function holdTable(databaseUrl: string, table: string): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: databaseUrl })
  await holder.connect()
  await holder.query(`begin; lock table ${table}`)
  return () => holder.end()
}
