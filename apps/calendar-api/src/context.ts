/** What the endpoints use. It is created once, by `main.ts` or by a test. */
import type { Clock } from '@glasshouse/shared/clock'
import type { Logger } from '@glasshouse/shared/log'
import type { ChangeWatch } from './change-watch'
import type { Config } from './config'
import type { TokenClock } from './demo-levers'
import type { EndedTokens } from './ended-tokens'
import type { SigningKeys } from './signing-keys'
import type { Database } from './store/schema'

export interface Context {
  config: Config
  db: Database
  clock: Clock
  /** The time by which an access token is judged. */
  tokenClock: TokenClock
  log: Logger
  keys: SigningKeys
  endedTokens: EndedTokens
  changeWatch: ChangeWatch
}
