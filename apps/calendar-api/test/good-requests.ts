/** Requests that are fine as they are, for the tests that then get something wrong about them. */
import { draft } from './support'

export const EVENT = {
  ...draft(),
  id: 'abcde12345',
  status: 'confirmed',
  description: 'With toast',
  location: 'The kitchen',
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'],
}
