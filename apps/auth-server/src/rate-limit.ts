/**
 * Counts how often something was done: rate-limiter-flexible, met only here. It counts in PostgreSQL where copies share
 * one, else in memory: then there is but one copy.
 */
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { AuthServerStore } from './store/schema'

export interface Limit {
  /** How often within the window. */
  points: number
  /** The window, in seconds. */
  duration: number
}

/** @param name tells its counts from those of others */
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

/** Counts once. @returns 0, or when the limit is reached, in how many seconds to try again */
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
 * Checks a password or a secret, unless a limit is reached, and counts it if it is wrong. Of several at once for one key,
 * each has to wait for the one before (`turns.ts`).
 * @param counted what counts the wrong ones, and under which key
 * @param check resolves to undefined when it was wrong
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
