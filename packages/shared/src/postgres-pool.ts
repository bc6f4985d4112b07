/**
 * The connections to PostgreSQL. Whatever happens to the server, a request gets an answer in time: there are limits on
 * waiting for a connection and on each statement, and a connection that has failed is closed, never used again.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Pool, type PoolClient, type QueryConfig, type QueryResult, types } from 'pg'
import { connectionLost } from './store-unavailable'

export interface PostgresLimits {
  /** How many connections each copy of a service may hold. */
  poolSize: number
  /** How long a request waits for a connection, in seconds. */
  poolWait: number
  /** How long a statement may take, in seconds. */
  statementTimeout: number
}

export const DEFAULT_LIMITS: PostgresLimits = { poolSize: 10, poolWait: 2, statementTimeout: 3 }

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

  async query(statement: string, parameters: unknown[]) {
    // A rollback, for example, would only wait for the time limit again.
    if (this.lost) throw this.lost
    try {
      return await this.client.query(statement, parameters)
    } catch (error) {
      this.lost = connectionLost(error)
      throw this.lost ?? error
    }
  }

  release(): void {
    this.client.release(this.lost !== undefined)
  }
}
