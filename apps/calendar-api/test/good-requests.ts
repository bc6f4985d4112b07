/** Requests that are fine as they are, for the tests that then get something wrong about them. */
import { draft } from './support'

export const EVENT = {
  ...draft(),
  id: 'abcde12345',
  status: 'confirmed',
  description: 'With toast',
  location: 'The kitchen',
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'],
  attendees: [{ email: 'bob@example.com', displayName: 'Bob' }],
  reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 10 }] },
  colorId: '7',
  extendedProperties: { private: { tripId: '42' } },
  source: { title: 'Trip', url: 'https://tripmate.example/trips/42' },
  visibility: 'private',
  transparency: 'opaque',
}
