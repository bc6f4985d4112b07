/** An app that uses one of Google's own client libraries. */
import { CALLBACK } from './mcp-app'
import type { Stack } from './stack'

/** @returns the app's registration at the authorization server, as a client with a secret that may refresh (RFC 7591) */
export async function registerGoogleApp(stack: Stack): Promise<{ client_id: string; client_secret: string }> {
  const response = await fetch(`${stack.authServer}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token'] }),
  })
  return (await response.json()) as { client_id: string; client_secret: string }
}
