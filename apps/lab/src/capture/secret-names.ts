/** Finds the secret values in a message by the names under which they travel. */
import type { ReportedExchange, ReportedMessage } from '@glasshouse/shared/lab/exchange'
import type { ValueKind } from '../store/schema'

export interface FoundValue {
  kind: ValueKind
  /** As it was sent, before any encoding. */
  value: string
}

/** Parameters of queries and forms, and members of JSON. */
const KINDS: Record<string, ValueKind> = {
  code: 'code',
  state: 'state',
  code_verifier: 'code_verifier',
  access_token: 'access_token',
  refresh_token: 'refresh_token',
  registration_access_token: 'registration_access_token',
  _csrf: 'form_field',
}

/** Unknown names that end in one of these words are treated as secret, to be on the safe side. */
const SOUNDS_SECRET = /(?:token|credentials?|session|\.sid)$/i
/** These end in "token" but are only positions in a list (interface.md, Calendar API). */
const HARMLESS = new Set([
  'pageToken',
  'nextPageToken',
  'syncToken',
  'nextSyncToken',
  'token_type',
  'subject_token_type',
])

const SIGNED_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** @returns the secret values of both messages, each once */
export function findValues({ request, response }: ReportedExchange): FoundValue[] {
  const found = [...inUrl(request.target), ...inMessage(request), ...(response ? inMessage(response) : [])].filter(
    ({ value }) => value !== '',
  )
  return [...new Map(found.map(one => [one.value, one])).values()]
}

function inMessage({ headers, body }: ReportedMessage): FoundValue[] {
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  return [
    ...headers.flatMap(([name, value]) => inHeader(name, value)),
    ...(body === undefined ? [] : /json/i.test(type) ? inJson(body) : inPairs(body)),
  ]
}

function inHeader(name: string, value: string): FoundValue[] {
  switch (name) {
    case 'authorization': {
      const [, token] = /^bearer\s+(\S+)$/i.exec(value) ?? []
      return token ? [{ kind: kindOfToken(token), value: token }] : []
    }
    case 'cookie':
      return value.split(/;\s*/).flatMap(inCookie)
    case 'set-cookie':
      return inCookie(value.split(';', 1)[0] ?? '')
    case 'location':
    case 'referer':
      return inUrl(value)
    default:
      return []
  }
}

/** Every cookie: the name says what it is for, but the value opens somebody's session. */
function inCookie(pair: string): FoundValue[] {
  const at = pair.indexOf('=')
  return at < 0 ? [] : [{ kind: 'session', value: pair.slice(at + 1) }]
}

function inUrl(url: string): FoundValue[] {
  const [, query = '', fragment = ''] = /^[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? []
  return [...inPairs(query), ...inPairs(fragment)]
}

function inPairs(text: string): FoundValue[] {
  return [...new URLSearchParams(text)].flatMap(([name, value]) => named(name, value))
}

function inJson(text: string): FoundValue[] {
  try {
    return inMembers(JSON.parse(text))
  } catch {
    return []
  }
}

function inMembers(value: unknown): FoundValue[] {
  if (Array.isArray(value)) return value.flatMap(inMembers)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' ? named(name, inner) : inMembers(inner),
  )
}

function named(name: string, value: string): FoundValue[] {
  if (name === 'token') return [{ kind: kindOfToken(value), value }]
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (kind) return [{ kind, value }]
  return SOUNDS_SECRET.test(name) && !HARMLESS.has(name) ? [{ kind: 'unknown', value }] : []
}

/** `token` at /revoke and /introspect is either kind; so is a token sent as a bearer token by mistake. */
function kindOfToken(value: string): ValueKind {
  return SIGNED_JWT.test(value) ? 'access_token' : 'unknown'
}
