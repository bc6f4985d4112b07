/** What endpoints and pages share. Created once, in `main.ts` or by a test. */
import type { Clock } from '@glasshouse/shared/clock'
import type { Logger } from '@glasshouse/shared/log'
import type { Browsers } from './capture/browsers'
import type { Recorder } from './capture/recorder'
import type { RunReader } from './capture/run-reader'
import type { ValueVault } from './capture/value-vault'
import type { Config } from './config'
import type { News } from './news'
import type { Database } from './store/schema'

export interface Context {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  /** Every secret value that passed by: what it is, and whether it still opens something. */
  values: ValueVault
  recorder: Recorder
  reader: RunReader
  /** Which cookies belong to one browser. */
  browsers: Browsers
  /** Tells open pages that a run has grown. */
  news: News
}
