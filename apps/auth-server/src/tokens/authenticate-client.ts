/** Client authentication (RFC 6749 §2.3, §3.2.1): from a request to the client that made it. */
import type { Client } from '../protocol/client'
import { type ClientCredentials, invalidClient } from '../protocol/client-authentication'
import * as clients from '../store/clients'
import type { Database } from '../store/schema'
import { hashToken, matchesHash } from './opaque-token'

/** @throws OAuthError `invalid_client`, the same for an unknown client as for a wrong secret */
export async function authenticateClient(db: Database, credentials: ClientCredentials): Promise<Client> {
  const client = await clients.find(db, credentials.clientId)
  const refusal = () => invalidClient('client authentication failed: unknown client, or wrong or missing secret')
  if (client?.type === 'public') {
    // §2.3.1 speaks of clients that have a secret. One that has none and sends one is mistaken for another.
    if (credentials.method !== 'none') throw refusal()
    return client
  }
  // An unknown client costs the time of a known one.
  const right = matchesHash(credentials.clientSecret ?? '', client?.secretHash ?? hashToken('nobody'))
  if (!client || credentials.clientSecret === undefined || !right) throw refusal()
  return client
}
