/** Opens what the server works with: the migrated store, the signing keys and, in demo mode, the demo users. */
import { type Clock, systemClock } from '@glasshouse/shared/clock'
import { openStore } from '@glasshouse/shared/database'
import type { Logger } from '@glasshouse/shared/log'
import { createClientSecretLimit } from './client-secret-limit'
import type { Config } from './config'
import type { Context } from './context'
import { createRegistrationLimit } from './registration-limit'
import { seed } from './seed'
import { createSignInLimit } from './sign-in-limit'
import { migrations } from './store/migrations'
import { openRegistry } from './store/registry'
import type { Schema } from './store/schema'
import { EndedTokenFeed } from './tokens/ended-tokens'
import { KeyRing } from './tokens/signing-keys'

export async function openContext(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
): Promise<{ context: Context; close: () => Promise<void> }> {
  const store = await openStore<Schema>({ service: 'auth-server', ...config }, migrations)
  try {
    openRegistry(store)
    const keys = new KeyRing(store.db, config, clock)
    await keys.ensureKey()
    const warning = await keys.clockWarning()
    if (warning) log.warn(warning)
    await seed(store.db, config, clock)
    const endedTokens = new EndedTokenFeed(store, clock)
    const context = {
      config,
      db: store.db,
      clock,
      log,
      keys,
      endedTokens,
      signInLimit: createSignInLimit(store),
      clientSecretLimit: createClientSecretLimit(store),
      registrationLimit: createRegistrationLimit(store),
    }
    return {
      context,
      async close() {
        endedTokens.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
