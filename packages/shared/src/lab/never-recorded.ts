/**
 * Removes passwords, client secrets and secret addresses before anything leaves the service: they never reach the Lab, not
 * even masked. All other secrets (codes, tokens, cookies) are reported and sealed by the Lab, because they become harmless
 * once spent.
 */

import { withoutSecretPath } from '../secret-path'

/** What stands in a message in place of a password or a client secret. */
export const NEVER_RECORDED = '(never-recorded)'

/** Parameters and members whose value is never recorded. */
const NEVER = /passw|secret|assertion|initial_access_token|private_key|api_?key/i

/** In percent-encoded pairs: a query or a form. */
export function withoutSecretsInPairs(text: string): string {
  return text
    .split('&')
    .map(pair => {
      const at = pair.indexOf('=')
      return at > 0 && NEVER.test(decode(pair.slice(0, at))) ? `${pair.slice(0, at)}=${NEVER_RECORDED}` : pair
    })
    .join('&')
}

/** In a request target or a URL: in its query and fragment, and before the host. */
export function withoutSecretsInUrl(url: string): string {
  const [, base = '', query, fragment] =
    /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(withoutSecretPath(url, NEVER_RECORDED)) ?? []
  return [
    base.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1'),
    query === undefined ? '' : `?${withoutSecretsInPairs(query)}`,
    fragment === undefined ? '' : `#${withoutSecretsInPairs(fragment)}`,
  ].join('')
}

/** @returns undefined if the text is not JSON: what cannot be read is not recorded */
export function withoutSecretsInJson(text: string): string | undefined {
  try {
    return JSON.stringify(clean(JSON.parse(text)))
  } catch {
    return undefined
  }
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretPath(value, NEVER_RECORDED)
  if (Array.isArray(value)) return value.map(clean)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      NEVER.test(name) && typeof inner === 'string' ? NEVER_RECORDED : clean(inner),
    ]),
  )
}

/** @param name in lower case */
export function withoutSecretsInHeader(name: string, value: string): string {
  switch (name) {
    case 'authorization':
    case 'proxy-authorization':
      return cleanAuthorization(value)
    case 'location':
    case 'referer':
    case 'content-location':
      return withoutSecretsInUrl(value)
    default:
      return value
  }
}

/** RFC 7617: the user name (a client's id) is shown, the password is not. Bearer tokens are left to the Lab. */
function cleanAuthorization(value: string): string {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.+)$/s.exec(value) ?? []
  if (/^bearer$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return NEVER_RECORDED
  const [user = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)
  return `${scheme} ${/^[\x21-\x7e]{1,200}$/.test(user) ? user : ''}:${NEVER_RECORDED}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
