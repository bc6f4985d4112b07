/** Opens what Tripmate works with: the migrated store, and the clients for the other two services. */
import { type Clock, systemClock } from '@glasshouse/shared/clock'
import { openStore } from '@glasshouse/shared/database'
import type { Logger } from '@glasshouse/shared/log'
import type { Config } from './config'
import { type Context, createContext } from './context'
import { migrations } from './store/migrations'
import type { Schema } from './store/schema'

export async function openContext(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
): Promise<{ context: Context; close: () => Promise<void> }> {
  const store = await openStore<Schema>({ service: 'client-app', ...config }, migrations)
  return { context: createContext({ config, db: store.db, clock, log }), close: () => store.close() }
}
