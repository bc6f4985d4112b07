/** Limits how many clients one address may register (RFC 7591 §5), because each one takes up a row permanently. */
import { countOnce, createRateLimiter } from './rate-limit'
import type { AuthServerStore } from './store/schema'

const LIMITS = {
  // A test suite that registers a client for each test stays below this; a flood does not.
  registrations: { points: 60, duration: 60 },
  registrationsDaily: { points: 1000, duration: 24 * 60 * 60 },
}

export interface RegistrationLimit {
  /** Counts one registration. @returns 0, or in how many seconds to try again */
  count(address: string): Promise<number>
}

export function createRegistrationLimit(store: Pick<AuthServerStore, 'driver'>): RegistrationLimit {
  const limiters = Object.entries(LIMITS).map(([name, limit]) => createRateLimiter(store, name, limit))
  return {
    async count(address) {
      return Math.max(...(await Promise.all(limiters.map(limiter => countOnce(limiter, address)))))
    },
  }
}
