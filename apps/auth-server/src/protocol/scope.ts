/** Scope: what an access token allows (RFC 6749 §3.3). */
import { OAuthError } from './oauth-error'

/** The scope values that this server names in its metadata. A client that asks for no scope gets them. */
export const KNOWN_SCOPES = ['calendar.read', 'calendar.write'] as const

/**
 * Google's names, for clients that were written for its calendar (docs/google.md). The metadata leaves them out, as RFC 8414
 * §2 allows: clients that ask for everything it names would ask for the same thing several times.
 */
export const GOOGLE_SCOPES = [
  'https://www.googleapis.com/auth/calendar',
  'https://www.googleapis.com/auth/calendar.readonly',
  'https://www.googleapis.com/auth/calendar.events',
  'https://www.googleapis.com/auth/calendar.events.readonly',
  'https://www.googleapis.com/auth/calendar.freebusy',
] as const

export type ScopeValue = (typeof KNOWN_SCOPES)[number] | (typeof GOOGLE_SCOPES)[number]

/** Every scope value, in the order in which they are shown and sent. */
export const ALL_SCOPES: readonly ScopeValue[] = [...KNOWN_SCOPES, ...GOOGLE_SCOPES]

/** A set of scope values, each at most once, in the order of `ALL_SCOPES`. */
export type Scope = readonly ScopeValue[]

/** What each scope value allows, so that one can be compared with another: a client that may read may also ask `.readonly`. */
const ALLOWED = {
  'calendar.read': ['events.read', 'calendars.read', 'freebusy'],
  'calendar.write': ['events.write', 'calendars.write'],
  'https://www.googleapis.com/auth/calendar': [
    'events.read',
    'calendars.read',
    'freebusy',
    'events.write',
    'calendars.write',
  ],
  'https://www.googleapis.com/auth/calendar.readonly': ['events.read', 'calendars.read', 'freebusy'],
  'https://www.googleapis.com/auth/calendar.events': ['events.read', 'events.write'],
  'https://www.googleapis.com/auth/calendar.events.readonly': ['events.read'],
  'https://www.googleapis.com/auth/calendar.freebusy': ['freebusy'],
} satisfies Record<ScopeValue, string[]>

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
  return ALL_SCOPES.filter(value => values.includes(value))
}

export function formatScope(scope: Scope): string {
  return scope.join(' ')
}

/** What a scope allows. */
export function allowedBy(scope: Scope): string[] {
  return scope.flatMap(value => ALLOWED[value])
}

/** Whether everything that `part` allows is allowed by `whole`. */
export function includesScope(whole: Scope, part: Scope): boolean {
  const allowed = allowedBy(whole)
  return allowedBy(part).every(permission => allowed.includes(permission))
}

/** The values of `one` that allow nothing beyond `other`. */
export function commonScope(one: Scope, other: Scope): Scope {
  return one.filter(value => includesScope(other, [value]))
}

/** Every scope that allows nothing beyond this one, including the empty one. There are few scope values. */
export function partsOf(scope: Scope): Scope[] {
  let parts: Scope[] = [[]]
  for (const value of commonScope(ALL_SCOPES, scope)) parts = parts.concat(parts.map(part => [...part, value]))
  return parts
}

function isKnown(value: string): value is ScopeValue {
  return (ALL_SCOPES as readonly string[]).includes(value)
}
