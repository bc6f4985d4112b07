/** Opens everything the API needs: the migrated store, the demo's events, the signing keys and the list of ended tokens. */
import { type Clock, systemClock } from '@glasshouse/shared/clock'
import { openStore } from '@glasshouse/shared/database'
import type { Logger } from '@glasshouse/shared/log'
import { ChangeWatch, type Every, systemTimer } from './change-watch'
import type { Config } from './config'
import type { Context } from './context'
import { TokenClock } from './demo-levers'
import { EndedTokens } from './ended-tokens'
import { seed } from './seed'
import { SigningKeys } from './signing-keys'
import { changesOf } from './store/changes'
import { migrations } from './store/migrations'
import type { Schema } from './store/schema'

/** Passed in, so that a test can control the time. */
export interface Clocks {
  /** The time of day. */
  clock: Clock
  /** Milliseconds that are never set back or forward, to measure durations with. */
  stopwatch: Clock
  /** What happens at intervals. */
  every: Every
}

const SYSTEM_CLOCKS: Clocks = { clock: systemClock, stopwatch: () => performance.now(), every: systemTimer }

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
  const { clock, stopwatch, every } = clocks
  const keys = new SigningKeys(`${config.issuer}/jwks`, stopwatch, log)
  const endedTokens = new EndedTokens({
    feedUrl: `${config.issuer}/ended-tokens`,
    secret: config.calendarApiSecret,
    clock,
    stopwatch,
    log,
    onKids: kids => keys.update(kids),
  })
  const changeWatch = new ChangeWatch({ read: owners => changesOf(context.db, owners), every, stopwatch })
  const tokenClock = new TokenClock(clock)
  const context: Context = { config, db: store.db, clock, tokenClock, log, keys, endedTokens, changeWatch }
  return {
    context,
    async close() {
      changeWatch.stop()
      await endedTokens.stop()
      await store.close()
    },
  }
}
