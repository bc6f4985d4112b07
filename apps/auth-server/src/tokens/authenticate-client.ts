/** Client authentication (RFC 6749 §2.3, §3.2.1): finds the client that made a request. */
import type { Client } from '../protocol/client'
import { type ClientCredentials, invalidClient } from '../protocol/client-authentication'
import * as clients from '../store/clients'
import type { Database } from '../store/schema'
import { hashToken, matchesHash } from './opaque-token'

/** @throws OAuthError `invalid_client`, with the same text for an unknown client and a wrong secret */
export async function authenticateClient(db: Database, credentials: ClientCredentials): Promise<Client> {
  const client = await clients.find(db, credentials.clientId)
  const refusal = () => invalidClient('client authentication failed: unknown client, or wrong or missing secret')
  if (client?.type === 'public') {
    // §2.3.1 is about clients that have a secret. A client without one that sends a secret is probably misconfigured.
    if (credentials.method !== 'none') throw refusal()
    return client
  }
  // Checking an unknown client takes as long as checking a known one.
  const right = matchesHash(credentials.clientSecret ?? '', client?.secretHash ?? hashToken('nobody'))
  if (!client || credentials.clientSecret === undefined || !right) throw refusal()
  return client
}
