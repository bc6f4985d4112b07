/** How long a request may wait for PostgreSQL. Apart from `postgres-pool.ts`, whose library is loaded only where it is used. */
export interface PostgresLimits {
  /** How many connections each copy of a service may hold. */
  poolSize: number
  /** How long a request waits for a connection, in seconds. */
  poolWait: number
  /** How long a statement may take, in seconds. */
  statementTimeout: number
}

export const DEFAULT_LIMITS: PostgresLimits = { poolSize: 10, poolWait: 2, statementTimeout: 3 }
