/**
 * No page breaks, whatever the calendar answers: wrong types, dates that do not exist, JSON that nobody expects
 * (fast-check; the seed is fixed, and printed with the failing answer).
 */
import { oddRuns } from '@glasshouse/shared/testing/odd-requests'
import type { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import fc from 'fast-check'
import { connect, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
let browser: TestBrowser
let trip: string
beforeAll(async () => {
  tripmate = await startTripmate()
  browser = (await connect(tripmate)).browser
  const page = await submit(tripmate, browser, '/trips', { itinerary: 'lisbon', startsOn: '2027-03-11' }, 'itinerary')
  trip = new URL(page.url).pathname
})
afterAll(() => tripmate.stop())
afterEach(() => {
  tripmate.calendar.instead = undefined
})

const DATES = ['', 'soon', '2027-02-30', '0000-01-01', '9999-12-31', '27-1-1', '2027-03-11T00:00', '-000001-01-01']
const TIMES = [
  '',
  'noon',
  '2027',
  '2027-03-11T15:00:00',
  '2027-03-11T25:00:00Z',
  '2027-03-11T15:00:00+99:99',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-12:00',
  '+275760-09-13T00:00:00Z',
  '2027-03-11T15:00:00.123456789Z',
  '2027-03-11T15:00:00Z',
]
const ZONES = ['', 'Mars/Olympus', '+02:00', 'Europe/Lisbon', 'Pacific/Kiritimati', 'Etc/GMT+12', '__proto__']

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(...DATES, ...TIMES, ...ZONES, '\n', '\0', '"\n"'),
)
const time = fc.oneof(
  fc.record({ date: fc.constantFrom(...DATES) }),
  fc.record(
    { dateTime: fc.constantFrom(...TIMES), timeZone: fc.constantFrom(...ZONES) },
    { requiredKeys: ['dateTime'] },
  ),
  fc.record({ dateTime: anything, date: anything, timeZone: anything }, { requiredKeys: [] }),
  anything,
)
const event = fc.record(
  {
    id: fc.oneof(fc.constantFrom('odd1', '', '../x', '__proto__'), anything),
    etag: anything,
    status: anything,
    summary: anything,
    location: anything,
    description: anything,
    start: time,
    end: time,
    recurrence: anything,
  },
  { requiredKeys: ['id', 'start', 'end'] },
)
const answer = fc.oneof(
  event,
  anything,
  fc.record(
    { items: fc.oneof(fc.array(event, { maxLength: 4 }), anything), nextPageToken: anything },
    { requiredKeys: ['items'] },
  ),
)
const problem = fc.record(
  {
    type: anything,
    title: anything,
    detail: anything,
    errors: fc.oneof(fc.array(anything, { maxLength: 3 }), anything),
  },
  { requiredKeys: [] },
)

function calendarAnswers(status: number, body: unknown): void {
  tripmate.calendar.instead = (_request, response) => {
    response.status(status).type('json').send(JSON.stringify(body))
    return true
  }
}

/** Every page that calls the calendar API, and the form that changes an event and shows the result. */
async function checkPages(): Promise<void> {
  const get = (path: string) => browser.get(tripmate.url + path)
  const pages = [
    await get('/'),
    await get('/events?from=2027-03-01'),
    await get('/events/odd1'),
    await get('/events/odd1/delete'),
    await get(trip),
    await get('/calendar-feed?start=2027-03-01&end=2027-04-01'),
  ]
  const [, , form] = pages
  if (form?.status === 200) pages.push(await browser.submit(form, { summary: 'Renamed' }, 'summary'))
  // 503 has a page that says the calendar's answer makes no sense. 500 would mean a bug in Tripmate.
  for (const page of pages) expect([page.url, page.status]).not.toEqual([page.url, 500])
}

it('a response of any kind breaks no page', () =>
  fc.assert(
    fc.asyncProperty(answer, async body => {
      calendarAnswers(200, body)
      await checkPages()
    }),
    oddRuns(60),
  ))

it('a problem document of any kind breaks no page', () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(400, 404, 409, 412, 422, 500, 503, 302), problem, async (status, body) => {
      calendarAnswers(status, body)
      await checkPages()
    }),
    oddRuns(30),
  ))

it('an event on a day that does not exist is left out, and the page says so beside the other events', async () => {
  const good = { id: 'tea1', summary: 'Tea', start: { date: '2027-03-11' }, end: { date: '2027-03-12' } }
  calendarAnswers(200, { items: [good, { ...good, id: 'bad1', start: { date: '2027-02-30' } }] })
  const page = await browser.get(`${tripmate.url}/events`)
  expect(textOf(page)).toContain('Tea')
  expect(textOf(page)).toContain('Tripmate could not read 1 event in this calendar and does not show it.')
})
