import { readForms, type TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
/** A user with a trip. */
let owner: TestBrowser
let trip: string
/** Another user, with a calendar and a trip of their own. */
let stranger: TestBrowser
let ownTrip: string

beforeAll(async () => {
  tripmate = await startTripmate()
  owner = (await connect(tripmate)).browser
  trip = await plan(owner, { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')
  stranger = (await connect(tripmate)).browser
  ownTrip = await plan(stranger, { name: 'Mine', startsOn: '2027-05-03', timeZone: 'Europe/Rome' }, 'name')
})
afterAll(() => tripmate.stop())

async function plan(browser: TestBrowser, fields: Record<string, string>, containing: string): Promise<string> {
  return (await browser.submit(await browser.get(`${tripmate.url}/trips`), fields, containing)).location.pathname
}

async function firstItem(): Promise<string> {
  const { body } = await owner.get(tripmate.url + trip)
  return new RegExp(`${trip}/items/([0-9a-f-]{36})`).exec(body)?.[1] ?? ''
}

it.each(['/', '/trips'])('%s shows no trip that belongs to another browser', async path => {
  expect((await owner.get(tripmate.url + path)).body).toContain(trip)
  const { body } = await stranger.get(tripmate.url + path)
  expect(body).toContain(ownTrip)
  expect(body).not.toContain(trip)
})

it('another user’s activity cannot be reached, neither by its own address nor through one’s own trip', async () => {
  const item = await firstItem()
  const _csrf = String(readForms(await stranger.get(`${tripmate.url}/trips`))[0]?.fields._csrf)
  for (const base of [trip, ownTrip]) {
    const address = `${tripmate.url}${base}/items/${item}`
    expect((await stranger.get(address)).status).toBe(404)
    for (const form of [address, `${address}/delete`]) {
      expect((await stranger.post(form, { _csrf, summary: 'Mine' })).status).toBe(404)
    }
  }
  expect((await owner.get(`${tripmate.url}${trip}/items/${item}`)).status).toBe(200)
})

it('the calendar shows no trip that belongs to another browser', async () => {
  const id = trip.split('/').at(-1)
  const feed = `${tripmate.url}/calendar-feed?start=2027-04-01&end=2027-04-08&trip=${id}`
  expect(JSON.parse((await owner.get(feed)).body)).toHaveLength(8)
  expect(JSON.parse((await stranger.get(feed)).body)).toEqual([])
})

it('deleting an event in one’s own calendar leaves other users’ trips as they were', async () => {
  const { db } = tripmate.context
  const event = { event_id: 'of-the-owner', event_content: '{}' }
  await db
    .updateTable('trip_items')
    .set(event)
    .where('id', '=', await firstItem())
    .execute()
  const _csrf = String(readForms(await stranger.get(`${tripmate.url}/trips`))[0]?.fields._csrf)
  await stranger.post(`${tripmate.url}/events/of-the-owner/delete`, { _csrf })
  const kept = await db.selectFrom('trip_items').select('event_id').where('event_id', '=', 'of-the-owner').execute()
  expect(kept).toHaveLength(1)
})
