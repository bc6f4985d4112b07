/** What the pages and the OAuth code share. Created once, in `main.ts` or by a test. */
import type { Clock } from '@glasshouse/shared/clock'
import type { Logger } from '@glasshouse/shared/log'
import type { Config } from './config'
import { createHttpClient, type HttpClient } from './http-client'
import { ServerMetadata } from './oauth/server-metadata'
import type { Database } from './store/schema'

export interface Context {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  http: HttpClient
  metadata: ServerMetadata
}

export function createContext(parts: Pick<Context, 'config' | 'db' | 'clock' | 'log'>): Context {
  const http = createHttpClient(parts.config.httpTimeoutMs)
  return {
    ...parts,
    http,
    metadata: new ServerMetadata(parts.config.addresses.authServerUrl, http, parts.clock),
  }
}
