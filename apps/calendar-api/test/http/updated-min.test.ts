/** `updatedMin` and `showDeleted`: what has changed, deleted events included (Google Calendar API v3, Events: list). */
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

type Call = ReturnType<typeof callerOf>
const newUser = () => callerOf(api, api.token(newOwner()))
const create = async (me: Call, changes: Record<string, unknown> = {}, day = 1) =>
  (await me('POST', '', { body: draft(changes, day) })).json

/** @returns a time of day, after which the next request comes */
function now(): string {
  api.advance(1)
  const time = new Date(api.context.clock()).toISOString()
  api.advance(1)
  return time
}

/** Reads all pages. @returns the ids; those of deleted events with a minus */
async function ids(me: Call, query: string): Promise<string[]> {
  const found: string[] = []
  for (let pageToken = ''; ; ) {
    const { status, json } = await me('GET', `?${query}&pageToken=${pageToken}`)
    expect([status, json.detail]).toEqual([200, undefined])
    for (const { id, status: state } of json.items) found.push(state === 'cancelled' ? `-${id}` : id)
    if (!json.nextPageToken) return found
    pageToken = json.nextPageToken
  }
}

const PAGES = ['', '&maxResults=1', '&maxResults=2', '&maxResults=3']

test('updatedMin: what was created, changed, cancelled or deleted since, in that order', async () => {
  const me = newUser()
  const [stays, changes, goes, ends] = [
    await create(me),
    await create(me, {}, 2),
    await create(me, {}, 3),
    await create(me, {}, 4),
  ]
  const since = now()
  await me('PATCH', `/${changes.id}`, { body: { summary: 'Changed' } })
  now()
  await me('DELETE', `/${goes.id}`)
  now()
  const added = await create(me, {}, 5)
  now()
  await me('PATCH', `/${ends.id}`, { body: { status: 'cancelled' } })
  const expected = [changes.id, `-${goes.id}`, added.id, `-${ends.id}`]
  for (const page of PAGES) {
    for (const more of ['', '&showDeleted=false', '&showDeleted=true', '&orderBy=updated', '&singleEvents=true']) {
      expect([page, more, await ids(me, `updatedMin=${since}${more}${page}`)]).toEqual([page, more, expected])
    }
  }
  expect(await ids(me, `updatedMin=${now()}`)).toEqual([])
  expect(await ids(me, '')).toEqual([stays.id, changes.id, added.id])
})

test('by start, deleted events come first', async () => {
  const me = newUser()
  const since = now()
  const all = [await create(me, {}, 3), await create(me, {}, 2), await create(me, {}, 1), await create(me, {}, 4)]
  const [late, early, gone, goes] = all.map(({ id }) => id)
  for (const id of [gone, goes]) await me('DELETE', `/${id}`)
  const deleted = [`-${gone}`, `-${goes}`].sort()
  for (const page of PAGES) {
    const query = `singleEvents=true&orderBy=startTime${page}`
    expect(await ids(me, `updatedMin=${since}&${query}`)).toEqual([...deleted, early, late])
    expect(await ids(me, `showDeleted=true&${query}`)).toEqual([...deleted, early, late])
    expect(await ids(me, query)).toEqual([early, late])
  }
})

test('the single events of a series change with it, and are deleted with it', async () => {
  const me = newUser()
  const { id } = await create(me, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'] })
  const plain = await create(me)
  const since = now()
  const [first, second] = ['20270301T090000Z', '20270308T090000Z'].map(time => `${id}_${time}`)
  await me('PATCH', `/${first}`, { body: { summary: 'Changed' } })
  await me('DELETE', `/${second}`)
  expect(await ids(me, `updatedMin=${since}`)).toEqual([first, `-${second}`])
  const later = now()
  await me('DELETE', `/${id}`)
  expect((await ids(me, `updatedMin=${later}`)).sort()).toEqual([`-${id}`, `-${first}`, `-${second}`].sort())
  expect((await ids(me, 'showDeleted=true')).filter(name => name !== plain.id)).toHaveLength(3)
})

test('an event with the id of a deleted one is there again', async () => {
  const me = newUser()
  const since = now()
  const { id } = await create(me)
  await me('DELETE', `/${id}`)
  await create(me, { id })
  for (const query of [`updatedMin=${since}`, 'showDeleted=true']) expect(await ids(me, query)).toEqual([id])
})

test('showDeleted: deleted events are in a list of everything, but not in one for a time or a text', async () => {
  const me = newUser()
  const { id } = await create(me, { status: 'cancelled' })
  const gone = await create(me)
  await me('DELETE', `/${gone.id}`)
  expect((await ids(me, 'showDeleted=true')).sort()).toEqual([`-${id}`, `-${gone.id}`].sort())
  for (const filter of ['timeMin=2027-01-01T00:00:00Z', 'timeMax=2028-01-01T00:00:00Z', 'q=breakfast']) {
    expect(await ids(me, `showDeleted=true&${filter}`)).toEqual([`-${id}`])
  }
  expect(await ids(me, 'showDeleted=false')).toEqual([])
  expect(await ids(newUser(), 'showDeleted=true')).toEqual([])
})

test('another filter applies too, except to deleted events', async () => {
  const me = newUser()
  const since = now()
  const [lunch, gone] = [await create(me, { summary: 'Lunch' }), await create(me)]
  await create(me)
  await me('DELETE', `/${gone.id}`)
  expect((await ids(me, `updatedMin=${since}&q=lunch`)).sort()).toEqual([`-${gone.id}`, lunch.id].sort())
})

test('a page token belongs to the same time', async () => {
  const me = newUser()
  const since = now()
  for (const day of [1, 2]) await create(me, {}, day)
  const { nextPageToken, nextSyncToken } = (await me('GET', `?maxResults=1&updatedMin=${since}`)).json
  expect(nextSyncToken).toBeUndefined()
  expect((await me('GET', `?updatedMin=${since}&pageToken=${nextPageToken}`)).json).not.toHaveProperty('nextSyncToken')
  for (const query of [`updatedMin=${now()}`, 'orderBy=updated']) {
    expect((await me('GET', `?${query}&pageToken=${nextPageToken}`)).json.errors[0].parameter).toBe('pageToken')
  }
})

test('more than 90 days ago: 410, because deletions from then are no longer known', async () => {
  const me = newUser()
  const daysAgo = (days: number) => new Date(api.context.clock() - days * 86_400_000).toISOString()
  expect((await me('GET', `?updatedMin=${daysAgo(89)}`)).status).toBe(200)
  const { status, json } = await me('GET', `?updatedMin=${daysAgo(91)}`)
  expect([status, json.detail]).toEqual([410, expect.stringMatching('^updatedMin is more than 90 days ago')])
  expect((await me('GET', '?updatedMin=yesterday')).json.errors[0].parameter).toBe('updatedMin')
})

test('syncToken with showDeleted=false is refused, with showDeleted=true it is not', async () => {
  const me = newUser()
  const { nextSyncToken } = (await me('GET', '')).json
  expect((await me('GET', `?syncToken=${nextSyncToken}&showDeleted=true`)).status).toBe(200)
  const { status, json } = await me('GET', `?syncToken=${nextSyncToken}&showDeleted=false`)
  expect([status, json.errors[0].parameter]).toEqual([400, 'showDeleted'])
})
