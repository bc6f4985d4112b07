/** Events are returned as they were sent, and a change of one field does not change a single character of the others. */
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

type Time = { dateTime: string; timeZone?: string } | { date: string; timeZone?: string }

const AMSTERDAM = 'Europe/Amsterdam'

/** Start and end. */
const SENT_IN_FULL: [Time, Time][] = [
  // The first and last moments that RFC 3339 can express.
  [{ dateTime: '0000-01-01T00:00:00Z' }, { dateTime: '0001-01-01T00:00:00+23:59' }],
  [{ dateTime: '0001-01-01T00:00:00Z' }, { dateTime: '0001-01-01T00:00:01Z' }],
  [{ dateTime: '0099-12-31T12:00:00Z' }, { dateTime: '0100-01-01T12:00:00Z' }],
  [{ dateTime: '9999-12-31T23:59:59Z' }, { dateTime: '9999-12-31T23:59:59Z' }],
  [{ dateTime: '9999-12-31T23:59:59-12:00' }, { dateTime: '9999-12-31T23:59:59-12:00' }],
  [{ date: '0001-01-01' }, { date: '0001-01-02' }],
  [{ date: '9999-12-30' }, { date: '9999-12-31' }],
  // Seconds, fractions of seconds, and no duration.
  [{ dateTime: '2027-03-01T10:00:07Z' }, { dateTime: '2027-03-01T10:00:59Z' }],
  [{ dateTime: '2027-03-01T10:00:00.123456789Z' }, { dateTime: '2027-03-01T10:00:00.500Z' }],
  [{ dateTime: '2027-03-01T10:00:00.123456789012345678901234567890Z' }, { dateTime: '2027-03-01T10:00:01Z' }],
  [{ dateTime: '2027-03-01T10:00:00Z' }, { dateTime: '2027-03-01T10:00:00Z' }],
  // Offsets without a time zone, and an offset that the time zone does not have at that time.
  [{ dateTime: '2027-03-01T10:00:00-00:00' }, { dateTime: '2027-03-01T10:00:00+00:00' }],
  [{ dateTime: '2027-03-01T10:00:00+05:45' }, { dateTime: '2027-03-01T10:00:00-03:30' }],
  [
    { dateTime: '2027-03-01T10:00:00+05:00', timeZone: AMSTERDAM },
    { dateTime: '2027-03-01T10:00:00+05:00', timeZone: AMSTERDAM },
  ],
  // The end in another time zone, with an unusual spelling.
  [
    { dateTime: '2027-03-01T10:00:00+01:00', timeZone: AMSTERDAM },
    { dateTime: '2027-03-02T06:00:00+09:00', timeZone: 'asia/tokyo' },
  ],
  // The second 02:30 in the night when the clocks go back, and a 02:30 that is skipped, both with an offset.
  [
    { dateTime: '2027-10-31T02:30:00+01:00', timeZone: AMSTERDAM },
    { dateTime: '2027-10-31T02:45:00+01:00', timeZone: AMSTERDAM },
  ],
  [
    { dateTime: '2027-03-28T02:30:00+01:00', timeZone: AMSTERDAM },
    { dateTime: '2027-03-28T03:45:00+02:00', timeZone: AMSTERDAM },
  ],
]

/** Sent and returned. */
const LOCAL: [Time, Time][] = [
  [
    { dateTime: '2027-03-01T10:00:00.123456789', timeZone: AMSTERDAM },
    { dateTime: '2027-03-01T10:00:00.123456789+01:00', timeZone: AMSTERDAM },
  ],
  [
    { dateTime: '2027-03-01T10:00:00.0', timeZone: 'UTC' },
    { dateTime: '2027-03-01T10:00:00.0Z', timeZone: 'UTC' },
  ],
  [
    { dateTime: '2027-10-31T02:30:00', timeZone: AMSTERDAM },
    { dateTime: '2027-10-31T02:30:00+02:00', timeZone: AMSTERDAM },
  ],
  [
    { dateTime: '2027-03-28T02:30:00', timeZone: AMSTERDAM },
    { dateTime: '2027-03-28T03:30:00+02:00', timeZone: AMSTERDAM },
  ],
  [
    { dateTime: '2011-12-30T10:00:00', timeZone: 'Pacific/Apia' },
    { dateTime: '2011-12-31T10:00:00+14:00', timeZone: 'Pacific/Apia' },
  ],
  [
    { dateTime: '0001-01-01T00:00:00', timeZone: 'Pacific/Kiritimati' },
    { dateTime: '0001-01-01T00:00:00-10:29', timeZone: 'Pacific/Kiritimati' },
  ],
  [
    { dateTime: '9999-12-31T23:59:59', timeZone: 'Pacific/Kiritimati' },
    { dateTime: '9999-12-31T23:59:59+14:00', timeZone: 'Pacific/Kiritimati' },
  ],
  [{ dateTime: '2027-03-01t10:00:00z' }, { dateTime: '2027-03-01T10:00:00Z' }],
]

/** Spaces at the ends, line breaks, and empty text. */
const TEXTS = { summary: '  Tea\u00a0', description: '\r\n\t1.\n\n', location: '' }

const newUser = () => callerOf(api, api.token(newOwner()))

test.each(SENT_IN_FULL)('%j to %j is returned unchanged by POST, GET and the list', async (start, end) => {
  const me = newUser()
  const made = await me('POST', '', { body: { ...TEXTS, start, end } })
  expect(made.status).toBe(201)
  expect(made.json).toMatchObject({ ...TEXTS, start, end })
  expect((await me('GET', `/${made.json.id}`)).json).toEqual(made.json)
  expect((await me('GET')).json.items).toEqual([made.json])
})

test.each(LOCAL)('%j is returned as %j (RFC 5545 §3.3.5)', async (sent, expected) => {
  const made = await newUser()('POST', '', { body: { start: sent, end: sent } })
  expect([made.status, made.json.start, made.json.end]).toEqual([201, expected, expected])
})

test.each([...SENT_IN_FULL, ...LOCAL.map(([sent]) => [sent, sent] as const)])(
  'a patch of another field changes neither %j nor %j, nor any other field (RFC 7396 §1)',
  async (start, end) => {
    const me = newUser()
    const texts = { ...TEXTS, status: 'tentative', recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] }
    let before = (await me('POST', '', { body: { ...texts, start, end } })).json
    for (const change of [{ summary: 'Brunch' }, { location: 'Kitchen' }, { description: null }, {}]) {
      const { status, json } = await me('PATCH', `/${before.id}`, { body: change })
      expect(status).toBe(200)
      const expected = { ...before, ...change, etag: json.etag, updated: json.updated }
      expect(JSON.stringify(json)).toBe(JSON.stringify({ ...expected, description: expected.description ?? undefined }))
      before = json
    }
  },
)

test.each([...SENT_IN_FULL, ...LOCAL.map(([sent]) => [sent, sent] as const)])(
  'an event from %j to %j can be sent back with PUT',
  async (start, end) => {
    const me = newUser()
    const before = (await me('POST', '', { body: { ...TEXTS, start, end } })).json
    const { json } = await me('PUT', `/${before.id}`, { body: before })
    expect(json).toEqual({ ...before, etag: json.etag, updated: json.updated })
  },
)

test.each([
  ['start/dateTime', { dateTime: '2016-12-31T23:59:60Z' }, 'leap seconds are not supported'],
  ['start/dateTime', { dateTime: '2027-03-01T24:00:00Z' }, 'RFC 3339'],
  ['start/dateTime', { dateTime: '10000-01-01T00:00:00Z' }, 'RFC 3339'],
  ['start/dateTime', { dateTime: '-0001-01-01T00:00:00Z' }, 'RFC 3339'],
  ['start/dateTime', { dateTime: '2027-03-01T10:00:00' }, 'offset'],
  ['start/dateTime', { dateTime: '2027-03-01T10:00:00.1234567890123456789012345678901Z' }, 'RFC 3339'],
  ['start/date', { date: '2027-02-29' }, 'date'],
  ['start/timeZone', { dateTime: '2027-03-01T10:00:00Z', timeZone: 'Amsterdam' }, 'IANA'],
])('%s %j is refused: %s', async (field, start, why) => {
  const { status, json } = await newUser()('POST', '', { body: draft({ start }) })
  expect([status, json.detail]).toEqual([400, expect.stringMatching(`^${field} .*${why}`)])
})
