/**
 * The cookie that ties together what one browser does at all parties: cookies of one host are shared by all ports
 * (RFC 6265 §8.5). It exists in demo mode only, and opens nothing but this browser's own pages in the Lab.
 */
import { randomBytes } from 'node:crypto'

export const RUN_COOKIE = 'glasshouse.run'

/** In bytes. */
const RANDOM_BYTES = 18
const MAX_AGE_S = 30 * 24 * 60 * 60

/** @param cookies the `Cookie` header @returns undefined if there is no such cookie, or it is not one of ours */
export function readRunCookie(cookies: string | undefined): string | undefined {
  const [, value] = /(?:^|;\s*)glasshouse\.run=([\w-]{24})(?:;|$)/.exec(cookies ?? '') ?? []
  return value
}

export function createRunId(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}

/** @param secure over https */
export function runCookie(value: string, secure: boolean): string {
  return `${RUN_COOKIE}=${value}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}
