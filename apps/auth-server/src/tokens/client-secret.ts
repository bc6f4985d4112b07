/** What a new client receives: an id and, for a confidential client, a secret (RFC 6749 §2.2, §2.3.1). */
import { randomBytes } from 'node:crypto'
import type { Client, ClientMetadata } from '../protocol/client'
import { createOpaqueToken, hashToken } from './opaque-token'

/** No user's id begins like this, so that `sub` tells clients from users (RFC 9068 §5). It contains no dot. */
export function createClientId(): string {
  return `app_${randomBytes(12).toString('hex')}`
}

/**
 * Builds a client that the operator did not enter.
 * @param before the client so far; it keeps its secret
 * @returns the client, and its secret if it is new: it cannot be read again later
 */
export function createClient(
  id: string,
  metadata: ClientMetadata,
  before?: Client,
): { client: Client; secret: string | undefined } {
  const registered = { ...metadata, id, resource: undefined, vouchedFor: false, firstParty: false }
  if (metadata.authenticationMethod === 'none') return { client: { ...registered, type: 'public' }, secret: undefined }
  if (before?.type === 'confidential') {
    return { client: { ...registered, type: 'confidential', secretHash: before.secretHash }, secret: undefined }
  }
  const secret = createOpaqueToken()
  return { client: { ...registered, type: 'confidential', secretHash: hashToken(secret) }, secret }
}
