/** Redirection endpoints (RFC 6749 §3.1.2): which URI an answer may be sent to. */
import type { Client } from './client'

/**
 * RFC 6749 §3.1.2.3, RFC 9700 §4.1.3: compared with the registered ones by simple string comparison. No prefix, no
 * pattern, no normalising. A client that registered exactly one may leave it out.
 * @returns where the answer may go, or undefined: then nothing may be sent anywhere
 */
export function matchRedirectUri(client: Client, requested: string | undefined): string | undefined {
  if (requested === undefined) return client.redirectUris.length === 1 ? client.redirectUris[0] : undefined
  return client.redirectUris.find(registered => isSame(registered, requested))
}

function isSame(registered: string, requested: string): boolean {
  return registered === requested
}

/**
 * Adds the answer's parameters to a redirect URI, keeping the query it was registered with (RFC 6749 §3.1.2).
 * @param parameters by wire name; those that are undefined are left out
 */
export function redirectTo(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const query = new URLSearchParams(present).toString()
  return redirectUri + (redirectUri.includes('?') ? '&' : '?') + query
}
