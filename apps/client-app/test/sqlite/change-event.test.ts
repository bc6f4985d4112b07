/**
 * Changing an event sends what the user changed and nothing else. A form shows only part of an event, and the parts
 * that the user did not touch must stay as they were.
 */
import type { Fields, Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
let browser: TestBrowser
beforeAll(async () => {
  tripmate = await startTripmate()
  browser = (await connect(tripmate)).browser
})
afterAll(() => tripmate.stop())
beforeEach(() => {
  tripmate.calendar.events.clear()
  tripmate.calendar.requests = []
})

const TEA = {
  id: 'tea1',
  summary: 'Tea party',
  start: { dateTime: '2027-03-11T15:00:00Z', timeZone: 'Europe/Lisbon' },
  end: { dateTime: '2027-03-11T17:00:00Z', timeZone: 'Europe/Lisbon' },
}

const open = (id = 'tea1') => browser.get(`${tripmate.url}/events/${id}`)
const save = (page: Page, fields: Fields) => browser.submit(page, fields, 'summary')
const patches = () => tripmate.calendar.requests.filter(request => request.method === 'PATCH')

async function change(event: object, fields: Fields): Promise<unknown> {
  tripmate.calendar.add({ ...TEA, ...event })
  const answer = await save(await open(), fields)
  expect(answer.status).toBe(303)
  return patches()[0]?.body
}

const at = (dateTime: string, timeZone?: string) => ({ dateTime, ...(timeZone && { timeZone }) })

const EVENTS: [name: string, event: object][] = [
  ['an ordinary event', {}],
  [
    'one in the second 02:30 of the night when clocks go back',
    {
      start: at('2027-10-31T02:30:00+01:00', 'Europe/Amsterdam'),
      end: at('2027-10-31T02:50:00+01:00', 'Europe/Amsterdam'),
    },
  ],
  [
    'one from the first to the second 02:30 of that night',
    {
      start: at('2027-10-31T02:30:00+02:00', 'Europe/Amsterdam'),
      end: at('2027-10-31T02:30:00+01:00', 'Europe/Amsterdam'),
    },
  ],
  [
    'one that ends in another zone',
    { start: at('2027-03-11T10:00:00Z', 'Europe/Lisbon'), end: at('2027-03-11T13:00:00-05:00', 'America/New_York') },
  ],
  ['one with seconds', { start: at('2027-03-11T15:00:17Z', 'UTC'), end: at('2027-03-11T15:00:59Z', 'UTC') }],
  [
    'one with fractions of a second',
    { start: at('2027-03-11T15:00:17.25Z', 'UTC'), end: at('2027-03-11T15:01:00.5Z') },
  ],
  ['one with an offset but no zone', { start: at('2027-03-11T15:00:00+05:30'), end: at('2027-03-11T16:00:00+05:30') }],
  ['one with a zone but no offset', { start: at('2027-03-11T15:00:00', 'Asia/Tokyo'), end: at('2027-03-11T16:00:00') }],
  ['one in the year 1', { start: at('0001-01-01T10:00:00Z', 'UTC'), end: at('0001-01-01T11:00:00Z', 'UTC') }],
  ['one in the year 99', { start: at('0099-12-31T10:00:00Z', 'UTC'), end: at('0099-12-31T11:00:00Z', 'UTC') }],
  ['one in the year 0', { start: at('0000-03-01T10:00:00Z', 'UTC'), end: at('0000-03-01T11:00:00Z', 'UTC') }],
  [
    'one at the last possible time',
    { start: at('9999-12-31T23:00:00Z', 'Asia/Tokyo'), end: at('9999-12-31T23:59:59Z', 'Asia/Tokyo') },
  ],
  ['one of zero length', { end: TEA.start }],
  ['one that lasts whole days', { start: { date: '2027-03-11' }, end: { date: '2027-03-13' } }],
  [
    'one that lasts whole days up to the last possible date',
    { start: { date: '9999-12-30' }, end: { date: '9999-12-31' } },
  ],
  ['one with texts longer than the form allows', { location: 'x'.repeat(900), description: 'y'.repeat(8000) }],
  ['one with leading and trailing spaces', { location: '  Garden ', description: '\n\n  Bring the cake.  \n' }],
  ['one with every kind of line break', { description: 'a\nb\r\nc\rd', location: 'first\nsecond' }],
  ['one with quotes and tags', { description: '</textarea>"\'&amp;<b>', location: '"><script>' }],
  ['one with characters that no page can show', { description: 'a\u0000b\ud800c', location: '\udfff' }],
  ['one that repeats', { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] }],
  ['one in a zone that is not in the list', { start: at('2027-03-11T15:00:00Z', 'Etc/GMT+3') }],
]

it.each(EVENTS)('renaming %s sends the new name and nothing else', async (_name, event) => {
  expect(await change(event, { summary: 'Renamed' })).toEqual({ summary: 'Renamed' })
})

it.each(EVENTS)('saving %s unchanged sends nothing', async (_name, event) => {
  expect(await change(event, {})).toBeUndefined()
})

it.each([
  ['without a name', { summary: '' }],
  ['with a name that is only spaces', { summary: '  ' }],
  ['with a name longer than the form allows', { summary: 'x'.repeat(300) }],
])('an event %s can be moved without giving it a name', async (_what, event) => {
  const page = await change(event, { end: '2027-03-11T17:30' })
  expect(page).toEqual({ end: { dateTime: '2027-03-11T17:30:00+00:00', timeZone: 'Europe/Lisbon' } })
})

it('a change names the version of the event that filled the form (RFC 9110 §13.1.1)', async () => {
  const { etag } = tripmate.calendar.add(TEA)
  await save(await open(), { summary: 'Renamed' })
  expect(patches()[0]?.ifMatch).toBe(etag)
})

describe('changing part of an event’s times', () => {
  it('only the end', async () => {
    expect(await change({ start: at('2027-03-11T15:00:17Z', 'Europe/Lisbon') }, { end: '2027-03-11T18:00' })).toEqual({
      end: { dateTime: '2027-03-11T18:00:00+00:00', timeZone: 'Europe/Lisbon' },
    })
  })

  it('the end, after a start at the second 02:30 of the night when clocks go back: it means the later 02:55', async () => {
    const [, night] = EVENTS[1] ?? []
    expect(await change(night ?? {}, { end: '2027-10-31T02:55' })).toEqual({
      end: { dateTime: '2027-10-31T02:55:00+01:00', timeZone: 'Europe/Amsterdam' },
    })
  })

  it('the end, which stays in its own zone', async () => {
    const [, flight] = EVENTS[3] ?? []
    expect(await change(flight ?? {}, { end: '2027-03-11T13:40' })).toEqual({
      end: { dateTime: '2027-03-11T13:40:00-05:00', timeZone: 'America/New_York' },
    })
  })

  it('a time without a zone still has none afterwards', async () => {
    tripmate.calendar.add({ ...TEA, start: at('2027-03-11T15:00:00Z'), end: at('2027-03-11T16:00:00Z') })
    await save(await open(), { start: '2027-03-11T15:30' })
    expect(patches()[0]?.body).toEqual({ start: { dateTime: '2027-03-11T15:30:00+00:00' } })
  })

  it('the zone: start and end keep their clock times in the new zone', async () => {
    expect(await change({}, { timeZone: 'Asia/Tokyo' })).toEqual({
      start: { dateTime: '2027-03-11T15:00:00+09:00', timeZone: 'Asia/Tokyo' },
      end: { dateTime: '2027-03-11T17:00:00+09:00', timeZone: 'Asia/Tokyo' },
    })
  })

  it('the seconds stay as they were when the rest of the time changes', async () => {
    expect(await change({ start: at('2027-03-11T15:00:17Z', 'UTC') }, { start: '2027-03-11T14:00:17' })).toEqual({
      start: { dateTime: '2027-03-11T14:00:17+00:00', timeZone: 'UTC' },
    })
  })

  it('an event of zero length can be moved', async () => {
    const moved = { dateTime: '2027-03-12T15:00:00+00:00', timeZone: 'Europe/Lisbon' }
    const fields = { start: '2027-03-12T15:00', end: '2027-03-12T15:00' }
    expect(await change({ end: TEA.start }, fields)).toEqual({ start: moved, end: moved })
  })

  it('from times to whole days: the time fields are removed (RFC 7396)', async () => {
    expect(await change({}, { start: '2027-03-11', end: '2027-03-11' })).toEqual({
      start: { date: '2027-03-11', dateTime: null, timeZone: null },
      end: { date: '2027-03-12', dateTime: null, timeZone: null },
    })
  })

  it('from whole days to times', async () => {
    const days = { start: { date: '2027-03-11' }, end: { date: '2027-03-12' } }
    expect(await change(days, { start: '2027-03-11T09:00', end: '2027-03-11T10:00', timeZone: 'Asia/Tokyo' })).toEqual({
      start: { date: null, dateTime: '2027-03-11T09:00:00+09:00', timeZone: 'Asia/Tokyo' },
      end: { date: null, dateTime: '2027-03-11T10:00:00+09:00', timeZone: 'Asia/Tokyo' },
    })
  })

  it.each([
    ['an end before the start', { end: '2027-03-11T14:00' }, 'The end must be after the start.'],
    ['an end equal to the start', { end: '2027-03-11T15:00' }, 'The end must be after the start.'],
    ['no start', { start: '' }, 'Enter the date and time when the event starts.'],
    ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, 'Choose a time zone from the list.'],
    ['a name that is removed', { summary: ' ' }, 'Give the event a name'],
    ['notes that are too long', { description: 'x'.repeat(2001) }, 'Use at most 2000 characters.'],
  ])(
    '%s is refused with an error beside the field, and the form keeps its original values',
    async (_what, fields, why) => {
      tripmate.calendar.add(TEA)
      const refused = await save(await open(), fields)
      expect(refused.status).toBe(400)
      expect(textOf(refused)).toContain(why)
      await save(refused, {
        summary: 'Renamed',
        start: '2027-03-11T15:00',
        end: '2027-03-11T17:00',
        description: '',
        timeZone: 'Europe/Lisbon',
      })
      expect(patches().map(request => request.body)).toEqual([{ summary: 'Renamed' }])
    },
  )
})

it.each([
  ['0001-01-01T10:00:00Z', '0001-01-01T10:00'],
  ['0099-12-31T10:00:00Z', '0099-12-31T10:00'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59'],
])('an event at %s is shown there', async (dateTime, shown) => {
  tripmate.calendar.add({ ...TEA, start: at(dateTime, 'UTC'), end: at(dateTime, 'UTC') })
  expect((await open()).body).toContain(`type="datetime-local" value="${shown}"`)
})

describe('an event that has changed since it was opened (412)', () => {
  it('is shown in both versions, and saving again changes what the user changed', async () => {
    tripmate.calendar.add(TEA)
    const page = await open()
    tripmate.calendar.add({ ...TEA, summary: 'Coffee party', location: 'The garden' })
    const refused = await save(page, { summary: 'My party' })
    expect(refused.status).toBe(409)
    expect(textOf(refused)).toContain('In your calendar now: Coffee party')
    expect(refused.body).toContain('value="My party"')
    expect(refused.body).toContain('value="The garden"')
    await save(refused, {})
    expect(patches().map(request => request.body)).toEqual([{ summary: 'My party' }, { summary: 'My party' }])
    expect(tripmate.calendar.events.get('tea1')).toMatchObject({ summary: 'My party', location: 'The garden' })
  })
})

it('a change that waited for the calendar to be connected again applies to the event as it is by then', async () => {
  tripmate.calendar.add(TEA)
  const page = await open()
  tripmate.accounts.refreshTokens.clear()
  tripmate.accounts.accessTokens.clear()
  expect((await save(page, { summary: 'My party' })).status).toBe(403)
  tripmate.calendar.add({ ...TEA, location: 'The garden' })
  const { page: again } = await connect(tripmate, browser)
  expect(textOf(again)).toContain('Here is your change to “My party” again')
  tripmate.calendar.requests = []
  await save(again, {})
  expect(patches().map(request => request.body)).toEqual([{ summary: 'My party' }])
})

describe('deleting an event', () => {
  it('asks first, with its name and time', async () => {
    tripmate.calendar.add(TEA)
    expect((await open()).body).toContain('href="/events/tea1/delete"')
    const page = await browser.get(`${tripmate.url}/events/tea1/delete`)
    expect(textOf(page)).toContain('Delete “Tea party”? Thu, 11 Mar 2027, 15:00 – 17:00')
    expect(tripmate.calendar.events.size).toBe(1)
    await browser.submit(page, {}, 'etag')
    expect(tripmate.calendar.events.size).toBe(0)
  })

  it('does not delete an event that has changed since it was shown', async () => {
    tripmate.calendar.add(TEA)
    const page = await browser.get(`${tripmate.url}/events/tea1/delete`)
    tripmate.calendar.add({ ...TEA, summary: 'Coffee party' })
    const again = await browser.follow(await browser.submit(page, {}, 'etag'), tripmate.url)
    expect(textOf(again)).toContain('so it was not deleted')
    expect(textOf(again)).toContain('Delete “Coffee party”?')
    await browser.submit(again, {}, 'etag')
    expect(tripmate.calendar.events.size).toBe(0)
  })
})
