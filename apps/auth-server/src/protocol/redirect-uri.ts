/** Redirection endpoints (RFC 6749 §3.1.2): which URIs may be registered, and which one a response may be sent to. */
import type { Client } from './client'

/**
 * RFC 6749 §3.1.2.3, RFC 9700 §4.1.3: compares the URI with the registered ones by simple string comparison, without
 * prefixes, patterns or normalization. A client that registered exactly one may omit it.
 * @returns where the response may be sent; undefined if it must not be sent anywhere
 */
export function matchRedirectUri(client: Client, requested: string | undefined): string | undefined {
  if (requested === undefined) return client.redirectUris.length === 1 ? client.redirectUris[0] : undefined
  return client.redirectUris.some(registered => isSame(client, registered, requested)) ? requested : undefined
}

function isSame(client: Client, registered: string, requested: string): boolean {
  if (registered === requested) return true
  // RFC 8252 §7.3: a native app gets its port from the system at run time, so the port MUST be allowed to vary.
  return (
    client.applicationType === 'native' &&
    URL.canParse(requested) &&
    withoutLoopbackPort(registered) === withoutLoopbackPort(requested)
  )
}

/** Matches only at the beginning, before a path, a query or the end. The rest of the URI is compared unchanged. */
const LOOPBACK_ORIGIN = /^(http:\/\/(127\.0\.0\.1|\[::1\]|localhost))(:[1-9]\d{0,4})?(?=[/?]|$)/

/** A loopback redirect URI without its port; any other URI unchanged. */
export function withoutLoopbackPort(uri: string): string {
  return uri.replace(LOOPBACK_ORIGIN, '$1')
}

/**
 * RFC 8252 §7.3: whether the URI leads to the user's own device.
 * @param byName whether `localhost` counts: §8.3 advises against it, but many apps use it
 */
export function isLoopback(uri: string, { byName }: { byName: boolean }): boolean {
  const host = LOOPBACK_ORIGIN.exec(uri)?.[2]
  return host !== undefined && (byName || host !== 'localhost')
}

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost']

/** Whether an http or https redirect URI names the device that the browser runs on. */
export function isOnThisDevice(uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  return /^https?:$/.test(protocol) && LOOPBACK_HOSTS.includes(hostname)
}

/** RFC 8252 §7.1: a private-use scheme is a reversed domain name, so it contains at least one dot. */
export function isPrivateUse(uri: string): boolean {
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/i.test(uri)
}

/** RFC 6749 §4.1.2, §4.1.2.1, RFC 9207 §2 */
const ANSWER_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri']

/**
 * Why a URI cannot be registered (RFC 6749 §3.1.2, RFC 8252 §7 and §8.4, RFC 9700 §4.1.3).
 * @returns the rest of a sentence that begins with the URI; undefined if it can be registered
 */
export function whyNotRegistrable(uri: string): string | undefined {
  // For example, some browsers read a backslash or a space differently from this server.
  if (!URI_CHARACTERS.test(uri)) return 'contains a character that is not allowed in a URI'
  // RFC 9700 §4.1.1: a pattern could match addresses that do not belong to the client.
  if (uri.split(/[?#]/, 1)[0]?.includes('*')) {
    return 'has a * in its host or path, but patterns are not supported; register each redirect URI in full'
  }
  // §3.1.2: MUST be an absolute URI, and MUST NOT include a fragment component.
  if (!URL.canParse(uri)) return 'is not an absolute URI'
  if (uri.includes('#')) return 'has a fragment'
  const { protocol, username, password, searchParams } = new URL(uri)
  if (username || password) return 'contains a user name or a password'
  // §3.1: a parameter MUST NOT be included more than once, and the response adds these.
  const taken = ANSWER_PARAMETERS.find(name => searchParams.has(name))
  if (taken) return `has ${taken} in its query, but the authorization response adds that parameter`
  if (isPrivateUse(uri)) return undefined
  // §3.1.2.1: otherwise the response would be sent unencrypted. On the user's own device it never leaves the machine.
  if (protocol === 'http:') return isLoopback(uri, { byName: true }) ? undefined : 'must be https, except on loopback'
  // RFC 8252 §8.4: any app can claim another scheme, and `javascript:` and `data:` are dangerous.
  if (protocol !== 'https:') return 'has a scheme that is neither https nor private-use with a dot (com.example.app:/)'
  // RFC 9110 §4.2.2: "https" "://" and a host. A browser would read a URI without them as relative.
  return HTTPS_ORIGIN.test(uri) ? undefined : 'has no host, or a host name with an invalid character'
}

/** RFC 3986 §2. */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/

const HTTPS_ORIGIN = /^https:\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?=[/?]|$)/i

/**
 * Adds the parameters of the response to a redirect URI and keeps its registered query (RFC 6749 §3.1.2).
 * @param parameters by wire name; undefined ones are omitted
 */
export function redirectTo(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const query = new URLSearchParams(present).toString()
  return redirectUri + (redirectUri.includes('?') ? '&' : '?') + query
}
