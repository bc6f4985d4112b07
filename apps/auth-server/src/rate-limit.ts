/**
 * Rate limits, with rate-limiter-flexible, used only here. With PostgreSQL, copies of the server share the counts in
 * the database. With SQLite there is only one copy, which counts in memory.
 */
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { AuthServerStore } from './store/schema'

export interface Limit {
  /** How often within the window. */
  points: number
  /** The window, in seconds. */
  duration: number
}

/** @param name keeps its counts apart from those of other limits */
export function createRateLimiter(
  { driver }: Pick<AuthServerStore, 'driver'>,
  name: string,
  limit: Limit,
): RateLimiterAbstract {
  if (driver.engine === 'sqlite') return new RateLimiterMemory({ ...limit, keyPrefix: name })
  return new RateLimiterPostgres({
    ...limit,
    keyPrefix: name,
    storeClient: driver.handle,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
  })
}

/** Counts one use. @returns 0, or if the limit is reached, in how many seconds to try again */
export async function countOnce(limiter: RateLimiterAbstract, key: string): Promise<number> {
  try {
    await limiter.consume(key)
    return 0
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    return Math.ceil(refusal.msBeforeNext / 1000)
  }
}

export type Attempt<T> =
  | { outcome: 'right'; value: T }
  | { outcome: 'wrong' }
  /** The limit is reached, so nothing was checked. `retryAfter` is in seconds. */
  | { outcome: 'limited'; retryAfter: number }

/**
 * Checks a password or a secret, unless a limit is reached, and counts it if it is wrong. The caller must run attempts
 * for the same key one after the other (`turns.ts`).
 * @param counted the limits that count a wrong attempt, each with its key
 * @param check resolves to undefined if the password or secret is wrong
 */
export async function attempt<T>(
  counted: { limiter: RateLimiterAbstract; key: string }[],
  check: () => Promise<T | undefined>,
): Promise<Attempt<T>> {
  const waits = await Promise.all(
    counted.map(async ({ limiter, key }) => {
      const state = await limiter.get(key)
      return state && state.consumedPoints >= limiter.points ? Math.ceil(state.msBeforeNext / 1000) : 0
    }),
  )
  const retryAfter = Math.max(...waits)
  if (retryAfter > 0) return { outcome: 'limited', retryAfter }
  const value = await check()
  if (value !== undefined) return { outcome: 'right', value }
  await Promise.all(counted.map(({ limiter, key }) => limiter.penalty(key)))
  return { outcome: 'wrong' }
}
