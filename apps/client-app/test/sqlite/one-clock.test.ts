/** A page uses one time zone. A trip's page uses the trip's, in the plan, the calendar beside it and the list below. */
import { readForms, type TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
let browser: TestBrowser
let path: string
beforeEach(async () => {
  tripmate = await startTripmate()
  browser = (await connect(tripmate)).browser
  const [form] = readForms(await browser.get(`${tripmate.url}/trips`))
  await browser.post(`${tripmate.url}/time-zone`, { _csrf: String(form?.fields._csrf), timeZone: 'America/New_York' })
  const own = { name: 'Tokyo', startsOn: '2027-04-01', timeZone: 'Asia/Tokyo' }
  path = new URL((await submit(tripmate, browser, '/trips', own, 'name')).url).pathname
})
afterEach(() => tripmate.stop())

const addItem = (fields: Record<string, string>) =>
  submit(tripmate, browser, `${path}/items/new`, { summary: 'Sushi', ...fields }, 'summary')

async function feed() {
  const { body } = await browser.get(
    `${tripmate.url}/calendar-feed?start=2027-03-29&end=2027-04-05&trip=${path.split('/')[2]}`,
  )
  return JSON.parse(body) as { title: string; start: string; end: string }[]
}

it('an activity stays in its place when it is added to the calendar', async () => {
  const page = await addItem({ start: '2027-04-02T09:00', end: '2027-04-02T10:00' })
  expect(textOf(page)).toContain('Times are shown in Asia/Tokyo.')
  const planned = await feed()
  expect(planned).toMatchObject([{ title: 'Sushi', start: '2027-04-02T09:00', end: '2027-04-02T10:00' }])
  await browser.submit(page, {}, '_csrf')
  const [added] = await feed()
  expect(added).toMatchObject({ title: 'Sushi', start: '2027-04-02T09:00', end: '2027-04-02T10:00' })
})

it('an activity in another zone is shown in the trip’s time, with its own time beside it', async () => {
  const page = await addItem({
    summary: 'Flight',
    start: '2027-04-01T20:00',
    end: '2027-04-01T23:00',
    timeZone: 'America/New_York',
  })
  expect(textOf(page)).toMatch(/Day 2 Friday 2 April 09:00 – 12:00 Flight 20:00 – 23:00 in America\/New York/)
  expect(await feed()).toMatchObject([{ title: 'Flight', start: '2027-04-02T09:00', end: '2027-04-02T12:00' }])
})

it('other events in the calendar are listed in the trip’s time, in order, with each date shown once', async () => {
  const at = (dateTime: string) => ({ dateTime, timeZone: 'America/New_York' })
  tripmate.calendar.add({
    summary: 'Call home',
    start: at('2027-04-01T19:00:00-04:00'),
    end: at('2027-04-01T20:00:00-04:00'),
  })
  tripmate.calendar.add({ summary: 'Fair', start: { date: '2027-04-01' }, end: { date: '2027-04-04' } })
  tripmate.calendar.add({ summary: 'Packing', start: at('2027-03-31T01:00:00Z'), end: at('2027-03-31T02:00:00Z') })
  const page = textOf(await browser.get(tripmate.url + path))
  expect(page).toContain(
    'Other events: Wed, 31 Mar 2027, 10:00 – 11:00 Packing Thu, 1 Apr 2027 – Sat, 3 Apr 2027 Fair Fri, 2 Apr 2027, 08:00 – 09:00 Call home',
  )
})

it('the start page uses the user’s own time zone', async () => {
  tripmate.calendar.add({
    summary: 'Call home',
    start: { dateTime: '2027-03-11T00:30:00Z' },
    end: { dateTime: '2027-03-11T01:00:00Z' },
  })
  const page = await browser.get(tripmate.url)
  expect(textOf(page)).toContain('Times are shown in America/New York.')
  expect(textOf(page)).toContain('Today 19:30 – 20:00 Call home')
  expect(page.body).toContain('data-time-zone="America/New_York"')
})
