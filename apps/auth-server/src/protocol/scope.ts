/** Scope: what an access token allows (RFC 6749 §3.3). */
import { OAuthError } from './oauth-error'

/** The scope values that this server knows, in the order in which they are shown and sent. */
export const KNOWN_SCOPES = ['calendar.read', 'calendar.write'] as const

export type ScopeValue = (typeof KNOWN_SCOPES)[number]

/** A set of known scope values, each at most once, in the order of `KNOWN_SCOPES`. */
export type Scope = readonly ScopeValue[]

/**
 * @param text values separated by single spaces, in any order (RFC 6749 §3.3)
 * @throws OAuthError `invalid_scope` for a value that this server does not know, or none at all
 */
export function parseScope(text: string): Scope {
  const values = text.split(' ').filter(value => value !== '')
  const unknown = values.find(value => !isKnown(value))
  if (unknown !== undefined) {
    const what = values.includes('openid')
      ? 'scope contains openid, but this server does not support OpenID Connect'
      : 'scope has an unknown value'
    throw new OAuthError('invalid_scope', `${what}; known values: ${KNOWN_SCOPES.join(' ')}`)
  }
  return KNOWN_SCOPES.filter(value => values.includes(value))
}

export function formatScope(scope: Scope): string {
  return scope.join(' ')
}

/** Whether everything in `part` is in `whole`. */
export function includesScope(whole: Scope, part: Scope): boolean {
  return part.every(value => whole.includes(value))
}

/** The values that are in both. */
export function commonScope(one: Scope, other: Scope): Scope {
  return one.filter(value => other.includes(value))
}

/** Every subset of this scope, including the empty one and the scope itself. There are few scope values. */
export function partsOf(scope: Scope): Scope[] {
  let parts: Scope[] = [[]]
  for (const value of scope) parts = parts.concat(parts.map(part => [...part, value]))
  return parts
}

function isKnown(value: string): value is ScopeValue {
  return (KNOWN_SCOPES as readonly string[]).includes(value)
}
