/** Every migration, in the order of their names. A released migration is never changed; a later one corrects it. */
import { tripmate } from './001-tripmate'
import { sweeping } from './002-sweeping'
import { noExchanges } from './003-no-exchanges'

export const migrations = {
  '001-tripmate': tripmate,
  '002-sweeping': sweeping,
  '003-no-exchanges': noExchanges,
}
