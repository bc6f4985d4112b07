/**
 * The connections to PostgreSQL. Whatever happens to the server, a request gets an answer in time: there are limits on
 * waiting for a connection and on each statement, and a connection that has failed is closed, never used again.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { DatabaseError, Pool, type PoolClient, type QueryConfig, type QueryResult, types } from 'pg'
import { DEFAULT_LIMITS, type PostgresLimits } from './postgres-limits'
import { connectionLost, StoreUnavailable } from './store-unavailable'

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

/** The pool as Kysely uses it: errors say whether the store is unavailable, and a failed connection is closed. */
export function forKysely(pool: Pool): PostgresPool {
  return {
    async connect() {
      try {
        return new Connection(await pool.connect()) as unknown as PostgresPoolClient
      } catch (error) {
        throw connectionLost(error) ?? error
      }
    },
    end: () => pool.end(),
  }
}

/** The pool for a library with queries of its own. Errors say whether the store is unavailable. */
export interface QueryClient {
  query(query: QueryConfig): Promise<QueryResult>
}

export function forLibrary(pool: Pool): QueryClient {
  return {
    async query(query) {
      try {
        return await pool.query(query)
      } catch (error) {
        throw connectionLost(error) ?? error
      }
    },
  }
}

class Connection {
  private lost: Error | undefined

  constructor(private readonly client: PoolClient) {}

  async query(text: string, values: unknown[]) {
    // A rollback, for example, would only wait for the time limit again.
    if (this.lost) throw this.lost
    const name = nameOf(text)
    try {
      return await this.client.query(name === undefined ? { text, values } : { name, text, values })
    } catch (error) {
      this.lost = isOutdated(error) ? new StoreUnavailable(error) : connectionLost(error)
      throw this.lost ?? error
    }
  }

  release(): void {
    this.client.release(this.lost !== undefined)
  }
}

/** A service has about a hundred statements. Those with a list of values come in as many lengths as the list. */
const MOST_NAMES = 300

/** In characters. A longer statement is an insert of many rows, which is rare. */
const LONGEST_NAMED = 4_000

const names = new Map<string, string>()

/**
 * A connection prepares a statement with a name once, and then only runs it. The name is the same on each connection.
 * @returns undefined for a statement that is not worth it (those of a transaction, a migration, or too long a list) or must be
 *   planned each time
 */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  const isQuery = /^\s*(?:select|insert|update|delete)\b/i.test(text)
  // How rare a text is decides how to look for it. PostgreSQL stops asking that of a statement that it has kept for a while.
  const dependsOnText = / like /.test(text)
  if (!isQuery || dependsOnText || text.length > LONGEST_NAMED || names.size >= MOST_NAMES) return undefined
  const name = `kept_${names.size + 1}`
  names.set(text, name)
  return name
}

/**
 * Another copy's migration has changed the columns that a prepared statement returns (0A000 feature_not_supported). The
 * connection is closed like a lost one; the next one prepares the statement anew.
 */
function isOutdated(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '0A000' && /cached plan/.test(error.message)
}
