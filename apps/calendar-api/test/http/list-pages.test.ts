/** No list is cut off silently: `nextPageToken` is there exactly when there are more events (Google Calendar API v3). */
import { readEvent } from '../../src/calendar/event-input'
import * as events from '../../src/store/events'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const DAYS = 28
/** A statement may have some 30,000 parameters, and an event has 15 columns. */
const AT_ONCE = 1_000

/** Adds events without the API, which is faster. Many have the same start, so that pages end between equal starts. */
async function ownerOf(count: number): Promise<string> {
  const owner = newOwner()
  const { db } = api.context
  for (let n = 0; n < Math.min(count, DAYS); n++) {
    await events.add(db, owner, events.createEventId(), readEvent(draft({}, n + 1)), n)
  }
  const originals = await db.selectFrom('events').selectAll().where('calendar', '=', owner).execute()
  for (let n = originals.length; n < count; n += AT_ONCE) {
    const copies = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, i) => ({
      ...(originals[i % DAYS] as (typeof originals)[0]),
      number: undefined,
      id: events.createEventId(),
      updated_ms: n + i,
    }))
    await db.insertInto('events').values(copies).execute()
  }
  return owner
}

async function pagesOf(owner: string, query: string): Promise<{ ids: string[]; more: boolean }[]> {
  const call = callerOf(api, api.token(owner))
  const pages: { ids: string[]; more: boolean }[] = []
  let pageToken = ''
  do {
    const { status, json } = await call('GET', `?${query}&pageToken=${pageToken}`)
    expect(status).toBe(200)
    pages.push({ ids: json.items.map((event: { id: string }) => event.id), more: 'nextPageToken' in json })
    pageToken = json.nextPageToken
  } while (pageToken)
  return pages
}

describe('with 2,501 events', () => {
  let owner: string
  beforeAll(async () => {
    owner = await ownerOf(2_501)
  })

  test.each([
    ['maxResults=2500', [2_500, 1]],
    ['maxResults=100000', [2_500, 1]],
    ['maxResults=2500&orderBy=updated', [2_500, 1]],
    ['maxResults=1251', [1_251, 1_250]],
    ['', [...Array(10).fill(250), 1]],
  ])('"%s": the pages contain every event once, and only the last has no token', async (query, sizes) => {
    const pages = await pagesOf(owner, query)
    expect(pages.map(({ ids }) => ids.length)).toEqual(sizes)
    expect(pages.map(({ more }) => more)).toEqual(sizes.map((_size, index) => index < sizes.length - 1))
    expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(2_501)
  })
})

test.each([
  [0, [0]],
  [1, [1]],
  [9, [9]],
  [10, [10]],
  [11, [10, 1]],
  [20, [10, 10]],
])('%d events in pages of 10: no event is missing, and no extra page is empty', async (count, sizes) => {
  const pages = await pagesOf(await ownerOf(count), 'maxResults=10')
  expect(pages.map(({ ids }) => ids.length)).toEqual(sizes)
})
