/** Redirection endpoints (RFC 6749 §3.1.2): which URI may be registered, and which one an answer may be sent to. */
import type { Client } from './client'

/**
 * RFC 6749 §3.1.2.3, RFC 9700 §4.1.3: compared with the registered ones by simple string comparison. No prefix, no
 * pattern, no normalising. A client that registered exactly one may leave it out.
 * @returns where the answer may go, or undefined: then nothing may be sent anywhere
 */
export function matchRedirectUri(client: Client, requested: string | undefined): string | undefined {
  if (requested === undefined) return client.redirectUris.length === 1 ? client.redirectUris[0] : undefined
  return client.redirectUris.some(registered => isSame(client, registered, requested)) ? requested : undefined
}

function isSame(client: Client, registered: string, requested: string): boolean {
  if (registered === requested) return true
  // RFC 8252 §7.3: a native app listens on whatever port the system gives it, so that one MUST be allowed to vary.
  return (
    client.applicationType === 'native' &&
    URL.canParse(requested) &&
    withoutLoopbackPort(registered) === withoutLoopbackPort(requested)
  )
}

/** Only at the beginning, and only where a path, a query or the end follows: the rest stays as it is, for comparing. */
const LOOPBACK_ORIGIN = /^(http:\/\/(127\.0\.0\.1|\[::1\]|localhost))(:[1-9]\d{0,4})?(?=[/?]|$)/

/** A loopback redirect URI without its port; any other as it is. */
export function withoutLoopbackPort(uri: string): string {
  return uri.replace(LOOPBACK_ORIGIN, '$1')
}

/**
 * RFC 8252 §7.3: leads to the person's own device.
 * @param byName whether `localhost` counts, which §8.3 advises against and many apps use
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

/** RFC 8252 §7.1: a scheme of the app's own, by a domain name turned round, so that it has at least one dot. */
export function isPrivateUse(uri: string): boolean {
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/i.test(uri)
}

/** RFC 6749 §4.1.2, §4.1.2.1, RFC 9207 §2 */
const ANSWER_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri']

/**
 * What keeps a URI from being registered (RFC 6749 §3.1.2, RFC 8252 §7 and §8.4, RFC 9700 §4.1.3).
 * @returns the rest of a sentence that begins with the URI, or undefined for one that is fine
 */
export function whyNotRegistrable(uri: string): string | undefined {
  // A backslash or a space, say, is one thing to us and another to some browser.
  if (!URI_CHARACTERS.test(uri)) return 'has a character that a URI cannot have'
  // RFC 9700 §4.1.1: a pattern matches addresses that are not the client's.
  if (uri.split(/[?#]/, 1)[0]?.includes('*')) {
    return 'has a * in its host or path, but patterns are not supported; register each redirect URI in full'
  }
  // §3.1.2: MUST be an absolute URI, and MUST NOT include a fragment component.
  if (!URL.canParse(uri)) return 'is not an absolute URI'
  if (uri.includes('#')) return 'has a fragment'
  const { protocol, username, password, searchParams } = new URL(uri)
  if (username || password) return 'has a user name or a password in it'
  // §3.1: a parameter MUST NOT be included more than once, and these are the answer's.
  const taken = ANSWER_PARAMETERS.find(name => searchParams.has(name))
  if (taken) return `has ${taken} in its query, which the answer has as well`
  if (isPrivateUse(uri)) return undefined
  // §3.1.2.1: the answer travels in the clear otherwise. On the person's own device it does not travel.
  if (protocol === 'http:') return isLoopback(uri, { byName: true }) ? undefined : 'has to be https, except on loopback'
  // RFC 8252 §8.4: other schemes belong to nobody, and `javascript:` and `data:` to worse.
  if (protocol !== 'https:') return 'has a scheme that is neither https nor private-use with a dot (com.example.app:/)'
  // RFC 9110 §4.2.2: "https" "://" and a host, without which it would be read as relative; a name or an address.
  return HTTPS_ORIGIN.test(uri) ? undefined : 'has no host, or one with a character that host names do not have'
}

/** RFC 3986 §2. */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/

const HTTPS_ORIGIN = /^https:\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?=[/?]|$)/i

/**
 * Adds the answer's parameters to a redirect URI, keeping the query it was registered with (RFC 6749 §3.1.2).
 * @param parameters by wire name; those that are undefined are left out
 */
export function redirectTo(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const query = new URLSearchParams(present).toString()
  return redirectUri + (redirectUri.includes('?') ? '&' : '?') + query
}
