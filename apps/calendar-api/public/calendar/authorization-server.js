// What this page knows about the authorization server: its issuer, which is configured, and its metadata (RFC 8414).

const { issuer, client, redirect } = document.getElementById('calendar').dataset

export { client as clientId, issuer, redirect as redirectUri }

let metadata

/** @throws TypeError if the server cannot be reached; Error if it answers for somebody else */
export async function readMetadata() {
  metadata ??= await fetchMetadata()
  return metadata
}

async function fetchMetadata() {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
  const found = await response.json()
  // RFC 8414 §3.3: the issuer in it is exactly the one that it was asked for.
  if (!response.ok || found.issuer !== issuer) throw new Error('The authorization server’s metadata is not its own.')
  return found
}

/** POSTs a form, without cookies: a public client has no secret, and names itself in the body (RFC 6749 §3.2.1). */
export function post(address, fields, options = {}) {
  const body = new URLSearchParams({ client_id: client, ...fields })
  return fetch(address, { method: 'POST', body, credentials: 'omit', redirect: 'error', ...options })
}
