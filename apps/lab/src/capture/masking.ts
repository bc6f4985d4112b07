/**
 * Decides how much of a secret value is shown. A value that still opens something is masked but for its last six characters:
 * beginnings are alike (every JWT begins with `eyJ`), endings are not. A spent value opens nothing and is shown in full, so
 * that a learner can compare and recompute it. Passwords and client secrets never get here (`never-recorded.ts`).
 */
import type { SecretValueTable } from '../store/schema'

export const TAIL_LENGTH = 6

/** Short values: six characters would be most of them. */
const SHOW_TAIL_FROM = 16

export type ShownValue = Pick<SecretValueTable, 'length' | 'tail' | 'plain' | 'spent_at' | 'expires_at'>

/** @param now milliseconds since the epoch */
export function isSpent(value: Pick<SecretValueTable, 'spent_at' | 'expires_at'>, now: number): boolean {
  return value.spent_at !== null || (value.expires_at !== null && value.expires_at <= now)
}

/** @returns the value in full, or `…x7Kp2Q` */
export function show(value: ShownValue, now: number): string {
  if (isSpent(value, now) && value.plain !== null) return value.plain
  return value.tail === '' ? '…' : `…${value.tail}`
}

/** What may be stored of a value that still opens something. */
export function tailOf(value: string): string {
  return value.length < SHOW_TAIL_FROM ? '' : value.slice(-TAIL_LENGTH)
}
