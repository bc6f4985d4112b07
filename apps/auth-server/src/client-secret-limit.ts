/** Limits wrong client secrets: endpoints that accept them MUST be protected against guessing (RFC 6749 §2.3.1). */
import { type Attempt, attempt, createRateLimiter } from './rate-limit'
import type { AuthServerStore } from './store/schema'
import { Turns } from './turns'

/** How many wrong secrets are allowed for one client from one address, and within how many seconds. */
const LIMIT = { points: 60, duration: 60 }

export interface ClientSecretLimit {
  /**
   * Compares one secret, unless the limit is reached: then it refuses even the right one, or guessing could go on.
   * Requests from other addresses are not affected, so an attacker cannot lock a client out from elsewhere. Secrets for
   * one client from one address are compared one after the other, so that many at once are counted correctly.
   * @param isRight compares the secret
   */
  attempt(clientId: string, address: string, isRight: () => boolean): Promise<Attempt<true>>
}

export function createClientSecretLimit(store: Pick<AuthServerStore, 'driver'>): ClientSecretLimit {
  const limiter = createRateLimiter(store, 'clientSecret', LIMIT)
  const turns = new Turns()
  return {
    attempt(clientId, address, isRight) {
      const key = `${clientId} ${address}`
      return turns.take(key, () => attempt([{ limiter, key }], async () => isRight() || undefined))
    },
  }
}
