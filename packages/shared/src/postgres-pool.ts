/**
 * The connections to PostgreSQL. Whatever happens to the server, a request gets an answer in time: there are limits on
 * waiting for a connection and on each statement, and a connection that has failed is closed, never used again.
 */
import { Socket } from 'node:net'
import { Pool, types } from 'pg'
import { DEFAULT_LIMITS, type PostgresLimits } from './postgres-limits'

/** The server ends a slow statement itself. If the server does not answer at all, the client gives up after this additional time. */
const GRACE_MS = 1_000

/**
 * @param schema the service's own: unqualified names in statements mean its tables
 * @param limits undefined for migrations, which may take as long as they need
 */
export function createPool(databaseUrl: string, schema: string, limits?: PostgresLimits): Pool {
  const timeout = limits ? limits.statementTimeout * 1000 : 0
  const settings = [
    `search_path=${schema}`,
    `statement_timeout=${timeout}`,
    // A copy that freezes in the middle of a transaction must not lock its rows forever.
    `idle_in_transaction_session_timeout=${timeout}`,
    // A request reads a few rows. To start workers for that takes longer than to read them.
    'max_parallel_workers_per_gather=0',
  ]
  const pool = new Pool({
    connectionString: withSettings(databaseUrl, settings),
    max: limits?.poolSize ?? 1,
    connectionTimeoutMillis: (limits ?? DEFAULT_LIMITS).poolWait * 1000,
    ...(limits && { query_timeout: timeout + GRACE_MS }),
    keepAlive: true,
    // A statement is sent without waiting for the one before it on the same connection: see `postgres-connection.ts`.
    pipeline: true,
    stream: () => new GatheringSocket(),
    types: { getTypeParser },
  })
  // Without a listener, Node ends the process when the server closes a connection: an idle one (first line), or one that
  // is in use but between two statements (second line). The next use of it throws an error.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** The URL's own `options` stay; ours are added. */
function withSettings(databaseUrl: string, settings: string[]): string {
  const url = new URL(databaseUrl)
  const own = url.searchParams.get('options')
  url.searchParams.set('options', [...(own ? [own] : []), ...settings.map(setting => `-c ${setting}`)].join(' '))
  return url.href
}

/** Times are stored as bigint. They fit a number exactly, so they are read as one. */
const getTypeParser = ((id: number, format: 'text') =>
  id === types.builtins.INT8 ? Number : types.getTypeParser(id, format)) as typeof types.getTypeParser

/**
 * Sends what is written in one turn of the event loop at once: one system call, and the server is woken once. `pg` corks the
 * socket for each statement of the extended protocol, and uncorks it after that; this keeps it corked until the turn ends.
 */
class GatheringSocket extends Socket {
  private isGathering = false

  override cork(): void {
    super.cork()
    if (this.isGathering) return
    this.isGathering = true
    super.cork()
    setImmediate(() => {
      this.isGathering = false
      this.uncork()
    })
  }
}
