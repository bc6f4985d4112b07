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
