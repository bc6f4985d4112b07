/** No list is cut off silently: past events never displace coming ones, and a page that shows a part says so. */
import type { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, NOW, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
let browser: TestBrowser
beforeEach(async () => {
  tripmate = await startTripmate()
  browser = (await connect(tripmate)).browser
})
afterEach(() => tripmate.stop())

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** @param first when the first event starts; the others follow, one every hour */
function addEvents(count: number, name: string, first: number): void {
  for (let index = 0; index < count; index++) {
    const [start, end] = [0, 0.5].map(hours => new Date(first + (index + hours) * HOUR_MS).toISOString())
    tripmate.calendar.add({ summary: `${name} ${index + 1}`, start: { dateTime: start }, end: { dateTime: end } })
  }
}

const home = async () => textOf(await browser.get(tripmate.url))

/** Follows "Next events" to the end. */
async function allFrom(path: string): Promise<string[]> {
  const names: string[] = []
  for (let next: string | undefined = path; next; ) {
    const page = await browser.get(new URL(next, tripmate.url))
    names.push(...[...page.body.matchAll(/agenda-summary">([^<]*)</g)].map(([, name = '']) => name))
    next = /href="(\/events\?[^"]*after=[^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&')
  }
  return names
}

it('shows coming events, however many past events there are', async () => {
  addEvents(2_100, 'Past', NOW - 100 * DAY_MS)
  addEvents(1, 'Dinner', NOW + HOUR_MS)
  const page = await home()
  expect(page).toContain('Dinner 1')
  expect(page).not.toContain('No events in the next two weeks')
  expect(page).toContain('See all events of the past year')
})

it('shows coming events that begin on the last page that is read', async () => {
  addEvents(1_990, 'Past', NOW - 100 * DAY_MS)
  addEvents(300, 'Meeting', NOW + HOUR_MS)
  const page = await home()
  // Of 250 coming events, 200 are shown under "Later" and the rest day by day: here they fit into two weeks.
  expect(page).toContain('Meeting 250')
  expect(page).not.toContain('Meeting 251')
  expect(page).toContain('Past 1990')
  expect(page).toContain('This list shows only the next events.')
})

it('asks once for a calendar that fits into one page, and never more often than necessary', async () => {
  const lists = async () => {
    tripmate.calendar.requests.length = 0
    await home()
    return tripmate.calendar.requests.length
  }
  addEvents(120, 'Past', NOW - 20 * DAY_MS)
  addEvents(120, 'Meeting', NOW + HOUR_MS)
  expect(await lists()).toBe(1)
  addEvents(1_000, 'Later', NOW + 30 * DAY_MS)
  expect(await lists()).toBe(2)
})

it('says that it shows only some of the coming events, and links to all of them', async () => {
  addEvents(330, 'Meeting', NOW + HOUR_MS)
  const page = await browser.get(tripmate.url)
  expect(textOf(page)).toContain('This list shows only the next events.')
  const [, link = ''] = /href="(\/events\?from=[^"]*)">See all upcoming/.exec(page.body) ?? []
  const names = await allFrom(link)
  expect(names).toEqual(Array.from({ length: 330 }, (_, index) => `Meeting ${index + 1}`))
})

it('says that it shows only the latest past events, and links to all of them', async () => {
  addEvents(120, 'Past', NOW - 20 * DAY_MS)
  const page = await browser.get(tripmate.url)
  expect(textOf(page)).toContain('Past 120')
  expect(textOf(page)).toContain('This list shows only the most recent past events.')
  const [, link = ''] = /href="(\/events\?from=[^"]*)">See all events of the past/.exec(page.body) ?? []
  expect(await allFrom(link)).toHaveLength(120)
})

it('says nothing about missing events when it shows the whole calendar', async () => {
  addEvents(1, 'Past', NOW - 2 * DAY_MS)
  addEvents(2, 'Meeting', NOW + HOUR_MS)
  const page = await home()
  expect(page).toContain('Earlier (1)')
  expect(page).not.toContain('are shown here')
})

it.each(['/events?from=2027-13-01', '/events?from[]=x&after[]=y', '/events?after='])(
  '%s lists from today',
  async path => {
    addEvents(1, 'Meeting', NOW + HOUR_MS)
    const page = await browser.get(tripmate.url + path)
    expect(page.status).toBe(200)
    expect(page.body).toContain('value="2027-03-10"')
    expect(textOf(page)).toContain('Meeting 1')
  },
)

it('tells the widget when events are missing', async () => {
  addEvents(2_100, 'Meeting', NOW)
  const { body } = await browser.get(`${tripmate.url}/calendar-feed?start=2027-03-01&end=2027-07-01`)
  const answer = JSON.parse(body)
  expect(answer.title).toBe('Some events are not shown')
  expect(answer.events).toHaveLength(2_000)
})

it('says on a trip’s page when it shows only some of the events', async () => {
  const from = Date.parse('2027-04-01T00:00:00Z')
  for (let index = 0; index < 2_100; index++) {
    const [start, end] = [0, 30].map(s => new Date(from + (index * 60 + s) * 1000).toISOString())
    tripmate.calendar.add({ summary: `Tick ${index}`, start: { dateTime: start }, end: { dateTime: end } })
  }
  const page = await submit(tripmate, browser, '/trips', { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')
  expect(textOf(page)).toContain('Your calendar has more events on these days than this page shows. See all events')
})

it('counts the events that could not be read', async () => {
  addEvents(1, 'Meeting', NOW + HOUR_MS)
  tripmate.calendar.instead = (request, response) => {
    if (request.path !== '/calendar/events') return false
    response.json({ items: [null, { id: 'x', start: { date: 'soon' }, end: {} }, { id: 'y', status: 'cancelled' }] })
    return true
  }
  expect(await home()).toContain('Tripmate could not read 2 events in this calendar and does not show them.')
})
