/** Opens what the Lab works with: its own store, and the key for values that still open something. */
import { type Clock, systemClock } from '@glasshouse/shared/clock'
import { openStore } from '@glasshouse/shared/database'
import type { Logger } from '@glasshouse/shared/log'
import { Browsers } from './capture/browsers'
import { type Limits, Recorder } from './capture/recorder'
import { RunReader } from './capture/run-reader'
import { ValueVault } from './capture/value-vault'
import type { Config } from './config'
import type { Context } from './context'
import { News } from './news'
import { migrations } from './store/migrations'
import type { Schema } from './store/schema'

export async function openContext(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
  limits?: Limits,
): Promise<{ context: Context; close: () => Promise<void> }> {
  const store = await openStore<Schema>({ service: 'lab', ...config }, migrations)
  const values = await ValueVault.open(store.db, clock)
  const news = new News()
  const browsers = await Browsers.open(store.db, config.addresses)
  const reader = new RunReader(store.db, config.addresses)
  const recorder = new Recorder(store.db, values, reader, browsers, config.addresses, news, limits)
  return {
    context: { config, db: store.db, clock, log, values, recorder, reader, browsers, news },
    async close() {
      news.close()
      await recorder.idle()
      await store.close()
    },
  }
}
