/** Lets requests meet at a row of the database, whatever the machine is busy with: only then is a race one. */
import { Client } from 'pg'

/**
 * Holds a row until `size` statements stand in line for it, then lets all of them through.
 * @param table with its schema
 * @param send sends more than that many requests that want to change the row
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
  // Within a transaction PostgreSQL goes on showing what it showed at first.
  await client.query('SELECT pg_stat_clear_snapshot()')
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0].n
}
