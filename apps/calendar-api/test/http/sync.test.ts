/** What has changed since the last list: exactly that, also while others write (Google Calendar API v3, syncToken). */
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

/** Reads all pages. @returns the items, and the token for the next time, which only the last page has */
async function read(me: Call, query: string) {
  const items: { id: string; status: string; summary?: string }[] = []
  for (let pageToken = ''; ; ) {
    const { status, json } = await me('GET', `?${query}&pageToken=${pageToken}`)
    expect([status, json.detail]).toEqual([200, undefined])
    items.push(...json.items)
    expect('nextSyncToken' in json).toBe(!('nextPageToken' in json))
    if (!json.nextPageToken) return { items, token: json.nextSyncToken as string }
    pageToken = json.nextPageToken
  }
}

test('created, changed and deleted events, each once and as they are now', async () => {
  const me = newUser()
  const [stays, changes, goes] = [await create(me), await create(me, {}, 2), await create(me, {}, 3)]
  const first = await read(me, 'maxResults=2')
  expect(first.items).toHaveLength(3)
  expect(await read(me, `syncToken=${first.token}`)).toEqual({ items: [], token: expect.any(String) })
  const added = await create(me, { summary: 'New' }, 4)
  for (const summary of ['A', 'B']) await me('PATCH', `/${changes.id}`, { body: { summary } })
  await me('DELETE', `/${goes.id}`)
  const second = await read(me, `syncToken=${first.token}`)
  expect(second.items).toEqual([
    expect.objectContaining({ id: added.id, summary: 'New' }),
    expect.objectContaining({ id: changes.id, summary: 'B' }),
    { id: goes.id, status: 'cancelled' },
  ])
  expect(second.items.some(({ id }) => id === stays.id)).toBe(false)
  expect((await read(me, `syncToken=${second.token}`)).items).toEqual([])
  // The first token still means the same.
  expect((await read(me, `syncToken=${first.token}&maxResults=1`)).items).toEqual(second.items)
})

test('an event with the id of a deleted one is there again', async () => {
  const me = newUser()
  const { token } = await read(me, '')
  const { id } = await create(me)
  await me('DELETE', `/${id}`)
  await create(me, { id, summary: 'Again' })
  expect((await read(me, `syncToken=${token}`)).items).toMatchObject([{ id, summary: 'Again' }])
})

test('single events of a series', async () => {
  const me = newUser()
  const series = await create(me, { recurrence: ['RRULE:FREQ=WEEKLY'] })
  const first = await read(me, '')
  const [moved, cancelled] = ['20270308T090000Z', '20270315T090000Z'].map(time => `${series.id}_${time}`)
  await me('PATCH', `/${moved}`, { body: { summary: 'Moved' } })
  await me('DELETE', `/${cancelled}`)
  const second = await read(me, `syncToken=${first.token}`)
  expect(second.items).toMatchObject([
    { id: moved, status: 'confirmed' },
    { id: cancelled, status: 'cancelled' },
  ])
  await me('DELETE', `/${series.id}`)
  const all = [series.id, moved, cancelled].map(id => ({ id, status: 'cancelled' }))
  for (const query of ['', '&maxResults=1']) {
    expect((await read(me, `syncToken=${second.token}${query}`)).items).toEqual(all)
  }
})

test('a token that was edited is refused with 400', async () => {
  const me = newUser()
  for (const day of [1, 2, 3]) await create(me, {}, day)
  const { token } = await read(me, '')
  for (const day of [4, 5]) await create(me, {}, day)
  const { nextPageToken } = (await me('GET', `?syncToken=${token}&maxResults=1`)).json
  const edited = (from: string, at: number, value: unknown) => {
    const content = JSON.parse(Buffer.from(from, 'base64url').toString())
    return Buffer.from(JSON.stringify(content.with(at, value))).toString('base64url')
  }
  for (const value of [0.5, 1e300, '1', null]) {
    expect((await me('GET', `?syncToken=${edited(token, 2, value)}`)).status).toBe(400)
    expect((await me('GET', `?syncToken=${token}&pageToken=${edited(nextPageToken, 2, value)}`)).status).toBe(400)
  }
  for (const value of ['\0', '', '\ud800', 'x'.repeat(5_000), 1]) {
    expect((await me('GET', `?syncToken=${token}&pageToken=${edited(nextPageToken, 3, value)}`)).status).toBe(400)
  }
})

test('what changes between the pages of a list is among the next changes', async () => {
  const me = newUser()
  const ids = [(await create(me)).id, (await create(me, {}, 2)).id, (await create(me, {}, 3)).id]
  const { nextPageToken } = (await me('GET', '?maxResults=2')).json
  await me('PATCH', `/${ids[0]}`, { body: { summary: 'Changed' } })
  const last = (await me('GET', `?maxResults=2&pageToken=${nextPageToken}`)).json
  expect((await read(me, `syncToken=${last.nextSyncToken}`)).items).toMatchObject([{ id: ids[0], summary: 'Changed' }])
})

test('a copy that follows while others write ends up the same, and hears of each state once', async () => {
  const me = newUser()
  const copy = new Map<string, string>()
  const heard: string[] = []
  let { token } = await read(me, '')
  const follow = async () => {
    const next = await read(me, `syncToken=${token}&maxResults=3`)
    for (const { id, status, summary = '' } of next.items) {
      heard.push(`${id} ${status} ${summary}`)
      if (status === 'cancelled') copy.delete(id)
      else copy.set(id, summary)
    }
    token = next.token
  }
  const write = async (writer: number) => {
    for (let n = 0; n < 8; n++) {
      const { id } = await create(me, { summary: `${writer} ${n}` })
      await me('PATCH', `/${id}`, { body: { summary: `${writer} ${n} changed` } })
      if (n % 3 === 0) await me('DELETE', `/${id}`)
    }
  }
  let writing = true
  const following = (async () => {
    while (writing) await follow()
  })()
  await Promise.all([0, 1, 2, 3].map(write))
  writing = false
  await following
  await follow()
  const { items } = await read(me, '')
  expect([...copy].sort()).toEqual(items.map(({ id, summary }) => [id, summary]).sort())
  expect(new Set(heard).size).toBe(heard.length)
})

describe('a token', () => {
  test.each([
    'timeMin=2027-03-01T00:00:00Z',
    'timeMax=2027-03-01T00:00:00Z',
    'q=a',
    'orderBy=updated',
    'singleEvents=true',
    'iCalUID=a',
    'updatedMin=2027-03-01T00:00:00Z',
    'privateExtendedProperty=a=b',
    'sharedExtendedProperty=a=b',
  ])('and %s: 400', async query => {
    const me = newUser()
    const { token } = await read(me, '')
    const { status, json } = await me('GET', `?syncToken=${token}&${query}`)
    expect([status, json.errors]).toEqual([400, [{ parameter: query.split('=')[0], detail: expect.any(String) }]])
  })

  test.each(['q=a', 'timeMin=2027-03-01T00:00:00Z', 'singleEvents=true', 'orderBy=updated'])(
    'is not given for a list with %s',
    async query => {
      expect((await newUser()('GET', `?${query}`)).json).not.toHaveProperty('nextSyncToken')
    },
  )

  test('of another calendar, or from before the store was emptied: 410, with what to do', async () => {
    const [me, you] = [newUser(), newUser()]
    await create(me)
    const { token } = await read(me, '')
    for (const answer of [await you('GET', `?syncToken=${token}`)]) {
      expect(answer.status).toBe(410)
      expect(answer.json.detail).toMatch('Omit syncToken to get the whole list')
    }
  })

  test('of more than 90 days ago: 410', async () => {
    const me = newUser()
    const { token } = await read(me, '')
    const [kind, owner, change, issued] = JSON.parse(Buffer.from(token, 'base64url').toString())
    const aged = (days: number) =>
      Buffer.from(JSON.stringify([kind, owner, change, issued - days * 86_400_000])).toString('base64url')
    expect((await me('GET', `?syncToken=${aged(89)}`)).status).toBe(200)
    expect((await me('GET', `?syncToken=${aged(91)}`)).json).toMatchObject({
      status: 410,
      detail: expect.stringMatching('90 days'),
    })
  })

  test('that is no token, and a page token of another list: 400', async () => {
    const me = newUser()
    await create(me)
    const { token } = await read(me, '')
    for (const query of [
      'syncToken=abc',
      `syncToken=${token}&syncToken=${token}`,
      `syncToken=${token}&pageToken=abc`,
    ]) {
      expect((await me('GET', `?${query}`)).status).toBe(400)
    }
  })
})
