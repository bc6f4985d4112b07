/**
 * The cookie that turns slow motion on. The Lab sets it; cookies of one host are shared by all ports (RFC 6265 §8.5), so every
 * service finds it. Where the parties have hosts of their own, there is no slow motion.
 */
import { createHash } from 'node:crypto'
import type { Addresses } from '../environment'

/** Says in an answer that the browser stops: after the service's `redirect`, or at its `arrival`, before the service. */
export const SLOW_HEADER = 'Glasshouse-Slow-Motion'

const NAME = 'glasshouse.slow'
/** A forgotten switch should not surprise anyone the next day. */
const MAX_AGE_S = 4 * 60 * 60

/** @param cookies the `Cookie` header */
export function isSlow(cookies: string | undefined): boolean {
  return /(?:^|;\s*)glasshouse\.slow=on(?:;|$)/.test(cookies ?? '')
}

/** @param secure over https @returns the `Set-Cookie` header that turns slow motion on or off */
export function slowCookie(on: boolean, secure: boolean): string {
  return format(NAME, on ? 'on' : '', on ? MAX_AGE_S : 0, secure)
}

/** Whether the cookie reaches every party. */
export function isSlowMotionPossible({ labUrl, clientAppUrl, authServerUrl }: Addresses): boolean {
  const [lab, ...others] = [labUrl, clientAppUrl, authServerUrl].map(url =>
    URL.canParse(url) ? new URL(url) : undefined,
  )
  return lab !== undefined && others.every(one => one?.hostname === lab.hostname && one.protocol === lab.protocol)
}

/**
 * When codes end. A code does not say it, and Tripmate is not told: this second cookie takes it from the authorization server
 * to the page on which the code arrives, so that the countdown goes on there. It names each code by a part of its hash.
 */
const ENDS_NAME = 'glasshouse.slow-codes'
/** Several tabs may each have one. */
const ENDS_LIMIT = 4
const CODE_MAX_AGE_S = 600

/** @param codeEndsAt seconds since the epoch */
export function codeEndsCookie(cookies: string | undefined, code: string, codeEndsAt: number, secure: boolean): string {
  const entries = [[nameOf(code), codeEndsAt] as const, ...readEnds(cookies)].slice(0, ENDS_LIMIT)
  return format(ENDS_NAME, entries.map(entry => entry.join('.')).join('~'), CODE_MAX_AGE_S, secure)
}

/** @returns seconds since the epoch; undefined for a code of which nothing is known */
export function codeEndsAt(cookies: string | undefined, code: string): number | undefined {
  return readEnds(cookies).find(([name]) => name === nameOf(code))?.[1]
}

function readEnds(cookies: string | undefined): (readonly [name: string, endsAt: number])[] {
  const [, text = ''] = /(?:^|;\s*)glasshouse\.slow-codes=([\w.~-]{1,200})(?:;|$)/.exec(cookies ?? '') ?? []
  return text.split('~').flatMap(entry => {
    const [, name, endsAt] = /^([\w-]{12})\.(\d{1,12})$/.exec(entry) ?? []
    return name && endsAt ? [[name, Number(endsAt)] as const] : []
  })
}

function nameOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url').slice(0, 12)
}

function format(name: string, value: string, maxAge: number, secure: boolean): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}
