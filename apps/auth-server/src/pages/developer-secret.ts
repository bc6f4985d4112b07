/**
 * Hands a new client secret from the form that creates it to the page that shows it. In between, the session stores it.
 * Sessions are stored in the database as plain text, so the secret is sealed: elsewhere, only its hash is stored.
 */
import { deriveKey, seal, unseal } from '@glasshouse/shared/seal'
import type { Request } from 'express'
import 'express-session'
import type { Config } from '../config'
import type { Client } from '../protocol/client'
import { matchesHash } from '../tokens/opaque-token'

declare module 'express-session' {
  interface SessionData {
    /** Sealed secrets that were not shown yet, by client id. */
    newSecrets: Record<string, string>
  }
}

/** Stores a secret for `takeSecret`, which a later request of this session calls. */
export function keepSecret(config: Config, request: Request, clientId: string, secret: string): void {
  request.session.newSecrets = { ...request.session.newSecrets, [clientId]: seal(keyOf(config), secret, clientId) }
}

/** @returns the client's secret if it was created in this session and has not been shown yet, else undefined */
export function takeSecret(config: Config, request: Request, client: Client): string | undefined {
  const { [client.id]: sealed, ...others } = request.session.newSecrets ?? {}
  if (sealed === undefined) return undefined
  request.session.newSecrets = others
  const secret = unseal(keyOf(config), sealed, client.id)
  // In another session, the user may have replaced the secret since, or made the app public.
  const counts = secret !== undefined && client.type === 'confidential' && matchesHash(secret, client.secretHash)
  return counts ? secret : undefined
}

function keyOf({ sessionSecret }: Config): Buffer {
  return deriveKey(sessionSecret, 'client secrets that were not shown yet')
}
