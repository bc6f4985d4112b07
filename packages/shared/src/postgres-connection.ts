/**
 * How Kysely's statements reach PostgreSQL. A transaction, and a statement that writes, has a connection to itself. All
 * that only read go over one connection, each sent without waiting for the one before it: together they need one system
 * call and wake the server once, where each would need its own.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { DatabaseError, type Pool, type PoolClient, type QueryConfig, type QueryResult } from 'pg'
import { connectionLost, StoreUnavailable } from './store-unavailable'

/** For a library with queries of its own. Errors say whether the store is unavailable. */
export interface QueryClient {
  query(query: QueryConfig): Promise<QueryResult>
}

/** @param pool its clients must be able to `pipeline` */
export function connectionsOf(pool: Pool): { forKysely: PostgresPool; forLibrary: QueryClient } {
  const readers = new Readers(pool)
  const connect = () => new Connection(pool, readers)
  return {
    forKysely: { connect: async () => connect() as unknown as PostgresPoolClient, end: () => pool.end() },
    forLibrary: {
      async query({ text, values = [] }) {
        const connection = connect()
        try {
          return await connection.query(text, values)
        } finally {
          connection.release(false)
        }
      },
    },
  }
}

/** Without a connection for all who read: for the locks of a migration, which belong to a connection. */
export function forMigrations(pool: Pool): PostgresPool {
  return { connect: async () => new Connection(pool) as unknown as PostgresPoolClient, end: () => pool.end() }
}

/** What Kysely takes for a connection. It has one of its own from its first statement that cannot be shared. */
class Connection {
  private own: OneConnection | undefined

  constructor(
    private readonly pool: Pool,
    private readonly readers?: Readers,
  ) {}

  async query(text: string, values: unknown[]): Promise<QueryResult> {
    const name = nameOf(text)
    const statement = name === undefined ? { text, values } : { name, text, values }
    if (!this.own && this.readers && name !== undefined && IS_SELECT.test(text)) return this.readers.query(statement)
    this.own ??= await OneConnection.from(this.pool)
    return text === 'begin' ? this.own.begin() : this.own.query(statement)
  }

  release(isDiscarded: boolean): void {
    this.own?.release(isDiscarded)
  }
}

const IS_SELECT = /^\s*select\b/i

/** A connection out of the pool. After it was lost, its statements fail, and it is closed, never used again. */
class OneConnection {
  private lost: Error | undefined

  /** @throws StoreUnavailable */
  static async from(pool: Pool): Promise<OneConnection> {
    try {
      return new OneConnection(await pool.connect())
    } catch (error) {
      throw connectionLost(error) ?? error
    }
  }

  private constructor(private readonly client: PoolClient) {}

  get isLost(): boolean {
    return this.lost !== undefined
  }

  async query(statement: QueryConfig): Promise<QueryResult> {
    // A rollback, for example, would only wait for the time limit again.
    if (this.lost) throw this.lost
    try {
      return await this.client.query(statement)
    } catch (error) {
      const lost = isOutdated(error) ? new StoreUnavailable(error) : connectionLost(error)
      // Other statements may be under way. What one of them learns later does not mend the connection.
      this.lost ??= lost
      throw lost ?? error
    }
  }

  /** Does not wait for the server: the first statement of the transaction is sent along. If it fails, so do all that follow. */
  begin(): QueryResult {
    this.query(BEGIN).catch(error => {
      this.lost ??= new StoreUnavailable(error)
    })
    return BEGUN
  }

  release(isDiscarded = false): void {
    this.client.release(this.isLost || isDiscarded)
  }
}

/** Only the extended protocol lets the socket wait for the next statement. */
const BEGIN = { text: 'begin', queryMode: 'extended' }

const BEGUN: QueryResult = { command: 'BEGIN', rowCount: null, oid: 0, fields: [], rows: [] }

/** In milliseconds. A connection that has not answered for so long has a slow statement, and nobody should wait behind it. */
const SLOW_MS = 20

/** How many statements wait for one connection before the next one is used. */
const MOST_WAITING = 16

/** A connection for all who read. */
class Reader {
  waiting = 0
  private connection: OneConnection | undefined
  private hasFailed = false
  private answeredAt = 0
  private readonly connecting: Promise<OneConnection>

  constructor(pool: Pool) {
    this.connecting = OneConnection.from(pool)
  }

  /** @returns whether a statement that is sent now will be answered soon, as far as one can know */
  get takesMore(): boolean {
    if (this.hasFailed || this.waiting >= MOST_WAITING) return false
    return !this.connection || performance.now() - this.answeredAt < SLOW_MS
  }

  async query(statement: QueryConfig): Promise<QueryResult> {
    this.waiting += 1
    try {
      this.connection ??= await this.connecting
      if (this.answeredAt === 0) this.answeredAt = performance.now()
      return await this.connection.query(statement)
    } catch (error) {
      this.hasFailed = this.connection?.isLost ?? true
      throw error
    } finally {
      this.waiting -= 1
      this.answeredAt = performance.now()
    }
  }

  release(): void {
    this.connection?.release()
  }
}

/** The connections for all who read, in the order in which they are tried. Each goes back to the pool as soon as nobody waits for it. */
class Readers {
  private readonly readers = new Set<Reader>()

  constructor(private readonly pool: Pool) {}

  async query(statement: QueryConfig): Promise<QueryResult> {
    const reader = this.choose()
    try {
      return await reader.query(statement)
    } finally {
      if (reader.waiting === 0 && this.readers.delete(reader)) reader.release()
    }
  }

  private choose(): Reader {
    for (const reader of this.readers) if (reader.takesMore) return reader
    const reader = new Reader(this.pool)
    this.readers.add(reader)
    return reader
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
 * A prepared statement cannot be used: another copy's migration has changed the columns that it returns (0A000
 * feature_not_supported), or it does not exist (26000 invalid_sql_statement_name), because the statement before it, which
 * should have prepared it, timed out. The connection is closed like a lost one; the next one prepares the statement anew.
 */
function isOutdated(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false
  return error.code === '26000' || (error.code === '0A000' && /cached plan/.test(error.message))
}
