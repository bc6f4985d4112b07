/** Limits wrong passwords, per account and per address (RFC 6749 §10.10, RFC 6819 §4.4.1.9). */
import { createHash } from 'node:crypto'
import { type Attempt, attempt, createRateLimiter } from './rate-limit'
import type { AuthServerStore } from './store/schema'
import { Turns } from './turns'

/** How many wrong passwords are allowed, and the window they are counted in, in seconds. */
const LIMITS = {
  // A user does not type ten wrong passwords in a minute.
  account: { points: 10, duration: 60 },
  // Limits slow guessing too: a hundred guesses a day are far too few to find a password.
  accountDaily: { points: 100, duration: 24 * 60 * 60 },
  // For one address that tries many names. An office may share an address, so this limit is the highest.
  address: { points: 60, duration: 60 },
}

export interface SignInLimit {
  /**
   * Runs one password check, unless the limit is reached. Checks for one account run one after the other, so that many
   * at once are counted correctly.
   * @param check resolves to undefined if the password is wrong
   * @returns what `check` found, or in how many seconds to try again
   */
  attempt<T>(username: string, address: string, check: () => Promise<T | undefined>): Promise<Attempt<T>>
}

export function createSignInLimit(store: Pick<AuthServerStore, 'driver'>): SignInLimit {
  const limiters = Object.entries(LIMITS).map(([name, limit]) => ({
    keyOf: (username: string, address: string) => (name === 'address' ? address : hash(username)),
    limiter: createRateLimiter(store, name, limit),
  }))
  const turns = new Turns()
  return {
    attempt(username, address, check) {
      const counted = limiters.map(({ limiter, keyOf }) => ({ limiter, key: keyOf(username, address) }))
      return turns.take(username, () => attempt(counted, check))
    },
  }
}

/** Gives a key of fixed length for a username of any length. */
function hash(username: string): string {
  return createHash('sha256').update(username).digest('base64url')
}
