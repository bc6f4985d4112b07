/** A service that cannot reach its data answers 503, not 500, so that clients try again (RFC 9110 §15.6.4). */

/** In seconds: a database usually restarts within this time. */
const TRY_AGAIN_AFTER_S = 5

/** Response headers for the 503 (RFC 9110 §10.2.3). */
export const TRY_AGAIN = { 'Retry-After': String(TRY_AGAIN_AFTER_S) }

/** The store did not answer, or not in time. The message says why, for the log. */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super(`the database is unavailable: ${reasonOf(cause)}`, { cause })
  }
}

/**
 * PostgreSQL's own reasons (Appendix A of its manual), by class: 08 connection, 28 authorization, 53 resources (too many
 * connections, disk full), 57 operator intervention (shutdown, statement timeout), 58 system error. And single codes:
 * read-only transaction (a standby), idle transaction timeout, unknown database, deadlock, serialization failure,
 * lock timeout.
 */
const POSTGRES_REASONS = /^(08|28|53|57|58)|^(25006|25P03|3D000|40P01|40001|55P03)$/

/** SQLite's: locked by another process, disk full, unreadable or read-only file, damaged file, no memory. */
const SQLITE_REASONS = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL)/

/** @returns undefined for any other error, which is a bug */
export function storeUnavailable(error: unknown): StoreUnavailable | undefined {
  if (error instanceof StoreUnavailable) return error
  const code = codeOf(error)
  const isReason = isFromPostgres(error) ? POSTGRES_REASONS.test(code) : SQLITE_REASONS.test(code)
  return isReason ? new StoreUnavailable(error) : undefined
}

/**
 * For an error of the PostgreSQL client: an error that did not come from the server is a lost connection or a timeout.
 * @returns undefined when the server answered and refused the statement, which is a bug
 */
export function connectionLost(error: unknown): StoreUnavailable | undefined {
  if (isFromPostgres(error) || error instanceof TypeError) return storeUnavailable(error)
  return error instanceof StoreUnavailable ? error : new StoreUnavailable(error)
}

/** Checked by shape: importing the class would load the client, which only PostgreSQL needs. Nothing else has a severity. */
function isFromPostgres(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error
}

/** Checked by shape: better-sqlite3's error class can belong to another realm, as in a test runner. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function reasonOf(cause: unknown): string {
  // For a host with several addresses, Node throws an AggregateError without a message.
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(', ')
  return typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : String(cause)
}
