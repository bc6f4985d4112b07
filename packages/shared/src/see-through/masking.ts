/**
 * How much of a value may be shown. Secrets do not belong on a page, in a log line or in a screenshot
 * (RFC 6749 §10.3 to §10.6, RFC 6750 §5.3). A mask leaves enough to recognise a value and too little to use it: its last six
 * characters, because beginnings are alike (every JWT begins with `eyJ`). Of a password or a client secret it leaves nothing.
 */

import { withoutSecretPath } from '../secret-path'

/** Parameters and JSON members that give access to something. */
const SECRET_NAMES = new Set([
  'access_token',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'id_token',
  'password',
  'refresh_token',
  'registration_access_token',
  'token',
  '_csrf',
])

/** Unknown names that end in one of these words are masked too, to be on the safe side. */
const SOUNDS_SECRET = /(password|passwd|secret|token|credentials?|api_?key)$/i

/** These end in "token" but are only positions in a list (interface.md, Calendar API). */
const HARMLESS_NAMES = new Set(['pageToken', 'nextPageToken', 'syncToken', 'nextSyncToken'])

/** Never shown, not even a part: they are used for months, and one that a person chose can be guessed from a part. */
const NEVER_SHOWN = /passw|secret|assertion|initial_access_token|api_?key/i

const TAIL_LENGTH = 6

/** In characters. Six characters of a shorter value would give away too much of it. */
const SHOW_TAIL_FROM = 16

const HIDDEN = '•••••••• (hidden)'

/** This cookie opens nothing. */
const HARMLESS_COOKIE = 'glasshouse.strip'

export function isSecret(name: string): boolean {
  return SECRET_NAMES.has(name) || (SOUNDS_SECRET.test(name) && !HARMLESS_NAMES.has(name))
}

/** `…M4wDjx (43 characters, hidden)`. Passwords, client secrets and short values are hidden completely. */
export function maskSecret(name: string, value: string): string {
  if (value === '') return ''
  if (NEVER_SHOWN.test(name) || value.length < SHOW_TAIL_FROM) return HIDDEN
  return `…${value.slice(-TAIL_LENGTH)} (${value.length} characters, hidden)`
}

/** The same without the remark, for use inside a line of a message: `…M4wDjx` */
export function maskInLine(name: string, value: string): string {
  return maskSecret(name, value).replace(/ \(.*\)$/, '')
}

/** A parameter's value, masked if it is a secret. */
export function maskParameter(name: string, value: string): string {
  return isSecret(name) ? maskSecret(name, value) : value
}

/** A copy of `value` in which every member with a secret name is masked, at any depth. */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretPath(value)
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecret(name) && inner !== null && inner !== undefined ? maskSecret(name, String(inner)) : maskSecrets(inner),
    ]),
  )
}

/**
 * Masks the secret values in a query or a form body that is still percent-encoded. Everything else stays as sent.
 * @param text without the leading `?`
 */
export function maskEncoded(text: string): string {
  return text
    .split('&')
    .map(pair => {
      const at = pair.indexOf('=')
      if (at < 0) return pair
      const name = decode(pair.slice(0, at))
      return isSecret(name) ? `${pair.slice(0, at)}=${maskInLine(name, decode(pair.slice(at + 1)))}` : pair
    })
    .join('&')
}

/** Masks the secrets in the query and the fragment of a URL or a path, and removes its user name and password. */
export function maskUrl(url: string): string {
  const [, base = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(withoutSecretPath(url)) ?? []
  return [
    base.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1'),
    query === undefined ? '' : `?${maskEncoded(query)}`,
    fragment === undefined ? '' : `#${maskEncoded(fragment)}`,
  ].join('')
}

/** A header's value, with its secrets masked. @param name in lower case */
export function maskHeader(name: string, value: string): string {
  switch (name) {
    case 'cookie':
      return value
        .split(/;\s*/)
        .map(pair => maskPair(pair))
        .join('; ')
    case 'set-cookie': {
      const [pair = '', ...attributes] = value.split(/;\s*/)
      return [maskPair(pair), ...attributes].join('; ')
    }
    case 'authorization':
    case 'proxy-authorization': {
      const [, scheme, credentials] = /^(\S+)\s+(.+)$/s.exec(value) ?? []
      if (!scheme || !credentials) return HIDDEN
      // Of Basic credentials, the ending is that of the client's secret (RFC 7617 §2).
      return `${scheme} ${/^bearer$/i.test(scheme) ? maskSecret(name, credentials) : HIDDEN}`
    }
    case 'location':
    case 'referer':
    case 'content-location':
    case 'link':
      return maskUrl(value)
    default:
      return value
  }
}

/** Masks a cookie: the name says what it is for, but the value opens somebody's session. */
function maskPair(pair: string): string {
  const at = pair.indexOf('=')
  if (pair.slice(0, at) === HARMLESS_COOKIE) return pair
  return at < 0 ? maskSecret('cookie', pair) : `${pair.slice(0, at)}=${maskInLine('cookie', pair.slice(at + 1))}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
