/**
 * A client secret on its way from the form that made it to the page that shows it. Between the two it waits in the
 * session, which the database holds as it is: so it is sealed, and nothing but its hash is there to be read.
 */
import { deriveKey, seal, unseal } from '@glasshouse/shared/seal'
import type { Request } from 'express'
import 'express-session'
import type { Config } from '../config'
import type { Client } from '../protocol/client'
import { matchesHash } from '../tokens/opaque-token'

declare module 'express-session' {
  interface SessionData {
    /** By client id: secrets that were made and not shown yet, sealed. */
    newSecrets: Record<string, string>
  }
}

/** For `takeSecret`, in a later request of this session. */
export function keepSecret(config: Config, request: Request, clientId: string, secret: string): void {
  request.session.newSecrets = { ...request.session.newSecrets, [clientId]: seal(keyOf(config), secret, clientId) }
}

/** @returns the client's secret if it was made in this session and has not been shown, else undefined */
export function takeSecret(config: Config, request: Request, client: Client): string | undefined {
  const { [client.id]: sealed, ...others } = request.session.newSecrets ?? {}
  if (sealed === undefined) return undefined
  request.session.newSecrets = others
  const secret = unseal(keyOf(config), sealed, client.id)
  // Another session of the same person may have replaced it since, or made the app public.
  const counts = secret !== undefined && client.type === 'confidential' && matchesHash(secret, client.secretHash)
  return counts ? secret : undefined
}

function keyOf({ sessionSecret }: Config): Buffer {
  return deriveKey(sessionSecret, 'client secrets that were not shown yet')
}
