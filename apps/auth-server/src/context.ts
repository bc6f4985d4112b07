/** What endpoints, pages and grants share. Created once, in `main.ts` or by a test. */
import type { Clock } from '@glasshouse/shared/clock'
import type { Logger } from '@glasshouse/shared/log'
import type { ClientSecretLimit } from './client-secret-limit'
import type { Config } from './config'
import type { RegistrationLimit } from './registration-limit'
import type { SignInLimit } from './sign-in-limit'
import type { Database } from './store/schema'
import type { EndedTokenFeed } from './tokens/ended-tokens'
import type { KeyRing } from './tokens/signing-keys'

export interface Context {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  keys: KeyRing
  endedTokens: EndedTokenFeed
  signInLimit: SignInLimit
  clientSecretLimit: ClientSecretLimit
  registrationLimit: RegistrationLimit
}
