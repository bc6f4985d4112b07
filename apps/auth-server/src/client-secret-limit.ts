/** Limits wrong client secrets: endpoints that accept them MUST be protected against guessing (RFC 6749 §2.3.1). */
import { type Attempt, attempt, createRateLimiter } from './rate-limit'
import type { AuthServerStore } from './store/schema'

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

interface Waiting {
  isRight(): boolean
  resolve(attempt: Attempt<true>): void
  reject(error: unknown): void
}

export function createClientSecretLimit(store: Pick<AuthServerStore, 'driver'>): ClientSecretLimit {
  const limiter = createRateLimiter(store, 'clientSecret', LIMIT)
  const waitingFor = new Map<string, Waiting[]>()

  /** Right secrets that wait together share one look at the count. A wrong one changes it, so those after it look again. */
  async function answerAll(key: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0)
      try {
        const first = await attempt([{ limiter, key }], async () => answerRight(batch) || undefined)
        if (first.outcome === 'wrong') batch.shift()?.resolve(first)
        if (first.outcome === 'limited') for (const { resolve } of batch.splice(0)) resolve(first)
      } catch (error) {
        for (const { reject } of batch.splice(0)) reject(error)
      }
      waiting.unshift(...batch)
    }
    waitingFor.delete(key)
  }

  return {
    attempt(clientId, address, isRight) {
      const key = `${clientId} ${address}`
      return new Promise((resolve, reject) => {
        const others = waitingFor.get(key)
        const waiting = others ?? []
        waiting.push({ isRight, resolve, reject })
        if (others) return
        waitingFor.set(key, waiting)
        void answerAll(key, waiting)
      })
    },
  }
}

/** Answers those before the first wrong one, and takes them out. @returns whether none is wrong */
function answerRight(batch: Waiting[]): boolean {
  for (let [first] = batch; first; [first] = batch) {
    try {
      if (!first.isRight()) return false
      first.resolve({ outcome: 'right', value: true })
    } catch (error) {
      first.reject(error)
    }
    batch.shift()
  }
  return true
}
