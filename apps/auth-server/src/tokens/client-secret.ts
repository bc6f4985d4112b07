/** What a new client is given: an id, and a secret if it is to have one (RFC 6749 §2.2, §2.3.1). */
import { randomBytes } from 'node:crypto'
import type { Client, ClientMetadata } from '../protocol/client'
import { createOpaqueToken, hashToken } from './opaque-token'

/** Nobody's: no person's id begins so (RFC 9068 §5: `sub` must tell a client from a person), and it has no dot. */
export function createClientId(): string {
  return `app_${randomBytes(12).toString('hex')}`
}

/**
 * Puts together a client that the operator has not entered.
 * @param before the client as it was; it keeps the secret that it has
 * @returns the client, and its secret if it was made just now: it is not to be had again
 */
export function createClient(
  id: string,
  metadata: ClientMetadata,
  before?: Client,
): { client: Client; secret: string | undefined } {
  const registered = { ...metadata, id, resource: undefined, vouchedFor: false }
  if (metadata.authenticationMethod === 'none') return { client: { ...registered, type: 'public' }, secret: undefined }
  if (before?.type === 'confidential') {
    return { client: { ...registered, type: 'confidential', secretHash: before.secretHash }, secret: undefined }
  }
  const secret = createOpaqueToken()
  return { client: { ...registered, type: 'confidential', secretHash: hashToken(secret) }, secret }
}
