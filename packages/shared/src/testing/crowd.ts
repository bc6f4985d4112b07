/** Makes requests compete for one database row, however busy the machine is, so that the race is real. */
import { Client } from 'pg'

/**
 * Locks a row until `size` statements wait for it, then releases all of them.
 * @param table with its schema
 * @param send sends more than `size` requests that change the row
 */
export async function crowdAround<T>(
  databaseUrl: string,
  { table, hash, size }: { table: string; hash: string; size: number },
  send: () => Promise<T>,
): Promise<T> {
  const holder = new Client({ connectionString: databaseUrl })
  await holder.connect()
  try {
    await holder.query('BEGIN')
    await holder.query(`SELECT 1 FROM ${table} WHERE hash = $1 FOR UPDATE`, [hash])
    const answers = send()
    while ((await inLine(holder)) < size);
    await holder.query('COMMIT')
    return await answers
  } finally {
    await holder.end()
  }
}

async function inLine(client: Client): Promise<number> {
  // Within one transaction, PostgreSQL keeps returning its first result.
  await client.query('SELECT pg_stat_clear_snapshot()')
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0].n
}
