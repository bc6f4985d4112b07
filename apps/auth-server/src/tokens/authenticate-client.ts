/** Client authentication (RFC 6749 §2.3, §3.2.1): finds the client that made a request. */
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { type ClientCredentials, invalidClient } from '../protocol/client-authentication'
import { OAuthError } from '../protocol/oauth-error'
import * as clients from '../store/clients'
import { matchesHash } from './opaque-token'

/**
 * @param address where the request came from: wrong secrets are counted for each address
 * @throws OAuthError `invalid_client`, with the same text for an unknown client and a wrong secret; with status 429 when
 *   there were too many wrong secrets
 */
export async function authenticateClient(
  { db, clientSecretLimit }: Pick<Context, 'db' | 'clientSecretLimit'>,
  { clientId, clientSecret, method }: ClientCredentials,
  address: string | undefined,
): Promise<Client> {
  const client = await clients.find(db, clientId)
  if (!client) throw authenticationFailed('no client has this client_id')
  if (client.type === 'public') {
    // §2.3.1 is about clients that have a secret. A client without one that sends a secret is probably misconfigured.
    if (method !== 'none') throw authenticationFailed('this client has no secret, but sent one')
    return client
  }
  if (clientSecret === undefined) throw authenticationFailed('this client has a secret, but sent none')
  // §2.3.1: any endpoint that takes the secret MUST be protected against brute force attacks.
  const attempt = await clientSecretLimit.attempt(client.id, address ?? 'unknown', () =>
    matchesHash(clientSecret, client.secretHash),
  )
  if (attempt.outcome === 'limited') throw tooManyGuesses(attempt.retryAfter)
  if (attempt.outcome === 'wrong') throw authenticationFailed('the client secret is wrong')
  return client
}

/** @param why for the log alone */
function authenticationFailed(why: string): OAuthError {
  return invalidClient('client authentication failed: unknown client, or wrong or missing secret', why)
}

/** RFC 6585 §4. Not invalid_client: the secret was not looked at, and a client that has the right one keeps it. */
function tooManyGuesses(retryAfter: number): OAuthError {
  const description = `too many wrong secrets for this client from this address; try again in ${retryAfter} seconds`
  return new OAuthError('temporarily_unavailable', description, 429, { 'Retry-After': String(retryAfter) })
}
