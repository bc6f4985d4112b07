/** Opens everything the API needs: the migrated store, the demo's events, the signing keys and the list of ended tokens. */
import { type Clock, systemClock } from '@glasshouse/shared/clock'
import { openStore } from '@glasshouse/shared/database'
import type { Logger } from '@glasshouse/shared/log'
import type { Config } from './config'
import type { Context } from './context'
import { TokenClock } from './demo-levers'
import { EndedTokens } from './ended-tokens'
import { seed } from './seed'
import { SigningKeys } from './signing-keys'
import { migrations } from './store/migrations'
import type { Schema } from './store/schema'

/** Passed in, so that a test can control the time. */
export interface Clocks {
  /** The time of day. */
  clock: Clock
  /** Milliseconds that are never set back or forward, to measure durations with. */
  stopwatch: Clock
}

const SYSTEM_CLOCKS: Clocks = { clock: systemClock, stopwatch: () => performance.now() }

export async function openContext(
  config: Config,
  log: Logger,
  clocks: Clocks = SYSTEM_CLOCKS,
): Promise<{ context: Context; close: () => Promise<void> }> {
  const store = await openStore<Schema>({ service: 'calendar-api', ...config }, migrations)
  try {
    if (config.demo) await seed(store.db, clocks.clock)
  } catch (error) {
    await store.close()
    throw error
  }
  const { clock } = clocks
  const keys = new SigningKeys(`${config.issuer}/jwks`, clocks.stopwatch, log)
  const endedTokens = new EndedTokens({
    feedUrl: `${config.issuer}/ended-tokens`,
    secret: config.calendarApiSecret,
    ...clocks,
    log,
    onKids: kids => keys.update(kids),
  })
  return {
    context: { config, db: store.db, clock, tokenClock: new TokenClock(clock), log, keys, endedTokens },
    async close() {
      await endedTokens.stop()
      await store.close()
    },
  }
}
