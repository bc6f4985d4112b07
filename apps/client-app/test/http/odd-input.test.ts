/**
 * Sends every page and form of Tripmate requests that no browser would send (fast-check; the seed is fixed, and printed
 * with the failing request). The answer is always a page, and never a 5xx, a stack trace or a secret.
 */

import { checkOddAnswer, type OddAnswer, sendOdd } from '@glasshouse/shared/testing/odd-answers'
import { type Endpoint, oddExamples, oddRequests, oddRuns } from '@glasshouse/shared/testing/odd-requests'
import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import fc from 'fast-check'
import { CLIENT_SECRET, connect, DINNER, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
let cookie: string
/** The anti-forgery token of the session's forms. */
let antiForgeryField: string
let tripPath: string
let itemPath: string
let eventPath: string

beforeAll(async () => {
  tripmate = await startTripmate()
  const { browser } = await connect(tripmate, new TestBrowser())
  const page = await browser.get(`${tripmate.url}/trips`)
  antiForgeryField = String(readForms(page)[0]?.fields._csrf)
  tripPath = (await browser.submit(page, { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')).location
    .pathname
  const trip = await browser.get(tripmate.url + tripPath)
  itemPath = new RegExp(`${tripPath}/items/[0-9a-f-]{36}`).exec(trip.body)?.[0] ?? ''
  const { id } = tripmate.calendar.add({
    summary: 'Breakfast',
    start: { dateTime: '2027-03-11T10:00:00Z', timeZone: 'Europe/Lisbon' },
    end: { dateTime: '2027-03-11T11:00:00Z', timeZone: 'Europe/Lisbon' },
  })
  eventPath = `/events/${id}`
  cookie = `tripmate.sid=${browser.cookie(tripmate.url, 'tripmate.sid')}`
})
afterAll(() => tripmate.stop())

function checkPage({ status, headers, fromApp }: OddAnswer): void {
  if (fromApp && status >= 400) expect(headers['content-type']).toMatch(/^text\/html\b/)
}

/** The calendar widget's feed answers with JSON; a path that only begins like the feed's answers with a page. */
function checkFeed({ status, headers, fromApp }: OddAnswer): void {
  if (fromApp && status >= 400) expect(headers['content-type']).toMatch(/^(application\/json|text\/html)\b/)
}

function holds(endpoint: Endpoint, check = checkPage): Promise<void> {
  const property = fc.asyncProperty(oddRequests(endpoint), async sent => {
    const answer = await sendOdd(tripmate.url, sent)
    checkOddAnswer(answer, sent, [CLIENT_SECRET])
    if (answer) check(answer)
  })
  return fc.assert(property, oddRuns(30, oddExamples(endpoint)))
}

const get = (path: string, query: Record<string, string> = { a: 'b' }, check = checkPage) =>
  holds({ method: 'GET', path, query, headers: { Cookie: cookie } }, check)
const post = (path: string, form: Record<string, string>) =>
  holds({ method: 'POST', path, form: { _csrf: antiForgeryField, ...form }, headers: { Cookie: cookie } })

describe('a page answers any request with a page', () => {
  it.each(['/', '/trips', '/events/new', '/disconnect', '/healthz', '/assets/tripmate.css', '/no/such/page'])(
    'GET %s',
    path => get(path, { v: '1' }),
  )
  it('GET /connect', () => get('/connect', { ask: 'write', return_to: '/trips' }))
  it('GET /callback', () => get('/callback', { code: 'a-code', state: 'a-state', iss: tripmate.accounts.url }))
  it('GET /callback with an error', () =>
    get('/callback', {
      error: 'access_denied',
      error_description: 'No.',
      state: 'a-state',
      iss: tripmate.accounts.url,
    }))
  it('GET /calendar-feed', () =>
    get('/calendar-feed', { start: '2027-03-01', end: '2027-04-01', trip: 'none' }, checkFeed))
  it('GET an event', () => get(eventPath))
  it('GET a trip', () => get(tripPath))
  it('GET a trip’s item', () => get(itemPath))
  it('GET the page that asks before a trip is deleted', () => get(`${tripPath}/delete`))
})

describe('a malformed form is answered with a page', () => {
  const ITEM = { ...DINNER, location: 'Alfama', description: 'Bring the cake' }
  const DAYS = { ...ITEM, start: '2027-03-12', end: '2027-03-13' }

  it('POST /events', () => post('/events', { id: 'abcde12345', ...ITEM }))
  it('POST /events for whole days', () => post('/events', { ...DAYS }))
  it('POST an event', () => post(eventPath, { etag: '"an-old-one"', ...ITEM }))
  it('POST /time-zone', () => post('/time-zone', { timeZone: 'Europe/Lisbon' }))
  it('POST /trips', () =>
    post('/trips', { itinerary: '', name: 'Porto', startsOn: '2027-05-01', timeZone: 'Europe/Lisbon' }))
  it('POST /trips with an itinerary', () => post('/trips', { itinerary: 'lisbon', startsOn: '2027-05-01' }))
  it('POST a trip', () => post(tripPath, { name: 'Lisbon', startsOn: '2027-04-02' }))
  it('POST a trip to the calendar', () => post(`${tripPath}/calendar`, { item: 'none' }))
  it('POST an item to a trip', () => post(`${tripPath}/items`, ITEM))
  it('POST a trip’s item', () => post(itemPath, ITEM))

  it.each([
    ['0000-01-01', '9999-12-31'],
    ['0001-01-01', '0001-01-02'],
    ['0099-12-31', '1582-10-10'],
    ['9999-12-31', '9999-12-31'],
  ])('the first and last possible days: %s to %s', async (start, end) => {
    for (const [path, form] of [
      ['/events', { ...ITEM, start, end }],
      ['/events', { ...ITEM, start: `${start}T00:00`, end: `${end}T23:59` }],
      ['/trips', { itinerary: 'lisbon', startsOn: start }],
      [tripPath, { startsOn: end }],
      [`${tripPath}/items`, { ...ITEM, start: `${start}T00:00`, end: `${end}T23:59` }],
    ] as const) {
      const body = new URLSearchParams({ _csrf: antiForgeryField, ...form }).toString()
      const headers = { Cookie: cookie, 'Content-Type': 'application/x-www-form-urlencoded' }
      const sent = { method: 'POST', path, headers, body, chunked: false }
      checkOddAnswer(await sendOdd(tripmate.url, sent), sent)
    }
    for (const path of ['/', '/trips', tripPath, `/calendar-feed?start=${start}&end=${end}`]) {
      const sent = { method: 'GET', path, headers: { Cookie: cookie }, body: '', chunked: false }
      checkOddAnswer(await sendOdd(tripmate.url, sent), sent)
    }
  })
})

it('the 412 page for a file is HTML, whatever the file’s own type (RFC 9110 §8.3)', async () => {
  const answer = await fetch(`${tripmate.url}/assets/tripmate.css`, { headers: { 'If-Match': '"another"' } })
  expect(answer.status).toBe(412)
  expect(answer.headers.get('content-type')).toMatch(/^text\/html\b/)
  expect(await answer.text()).toContain('<!doctype html>')
})
