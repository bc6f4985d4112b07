/** Every migration, in the order of their names. One that has landed is never changed: a later one mends it. */
import { events } from './001-events'

export const migrations = {
  '001-events': events,
}
