/**
 * What may be shown of a value. A page, a log line or a screenshot of one is no place for a secret
 * (RFC 6749 §10.3 to §10.6, RFC 6750 §5.3): enough is left to recognise a value by, not enough to use it.
 */

/** Parameters and JSON members whose value lets its holder do something. */
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

/** Words at the end of a name that we do not know but had better not show. */
const SOUNDS_SECRET = /(password|passwd|secret|token|credentials?|api_?key)$/i

/** They end in "token", but only turn pages (interface.md, Calendar API). */
const HARMLESS_NAMES = new Set(['pageToken', 'nextPageToken', 'syncToken', 'nextSyncToken'])

/** Shorter values would be half told by their first four characters. */
const SHOW_BEGINNING_FROM = 16

export function isSecret(name: string): boolean {
  return SECRET_NAMES.has(name) || (SOUNDS_SECRET.test(name) && !HARMLESS_NAMES.has(name))
}

/** `k3Jd… (43 characters, hidden)`; a password, and whatever is short, is hidden altogether. */
export function maskSecret(name: string, value: string): string {
  if (value === '') return ''
  if (/passw/i.test(name) || value.length < SHOW_BEGINNING_FROM) return '•••••••• (hidden)'
  return `${value.slice(0, 4)}… (${value.length} characters, hidden)`
}

/** The same for the inside of a message line, where a remark would break the line's own syntax: `k3Jd…` */
export function maskInLine(name: string, value: string): string {
  return maskSecret(name, value).replace(/ \(.*\)$/, '')
}

/** A parameter's value as it may be shown. */
export function maskParameter(name: string, value: string): string {
  return isSecret(name) ? maskSecret(name, value) : value
}

/** A copy of `value` in which every member with a secret name, however deep, is masked. */
export function maskSecrets(value: unknown): unknown {
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
 * A query or a form body, still percent-encoded, with secret values cut short. Everything else stays as it was sent.
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

/** A URL or a path, with the secrets in its query and its fragment cut short, and without a user and password. */
export function maskUrl(url: string): string {
  const [, base = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? []
  return [
    base.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1'),
    query === undefined ? '' : `?${maskEncoded(query)}`,
    fragment === undefined ? '' : `#${maskEncoded(fragment)}`,
  ].join('')
}

/** A header's value as it may be shown. `name` in lower case. */
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
      return scheme && credentials ? `${scheme} ${maskSecret(name, credentials)}` : maskSecret(name, value)
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

/** A cookie: its name tells what it is for, its value is a key to somebody's session. */
function maskPair(pair: string): string {
  const at = pair.indexOf('=')
  return at < 0 ? maskSecret('cookie', pair) : `${pair.slice(0, at)}=${maskInLine('cookie', pair.slice(at + 1))}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
