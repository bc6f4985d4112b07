import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const newUser = () => callerOf(api, api.token(newOwner()))

describe('list', () => {
  /** A user with an event on each of these days in March 2027, from ten to eleven. */
  async function userWith(...days: number[]) {
    const me = newUser()
    for (const day of days) await me('POST', '', { body: draft({ summary: `Day ${day}` }, day) })
    return me
  }
  const summaries = ({ json }: { json: { items: { summary: string }[] } }) => json.items.map(item => item.summary)

  test('by start is the default order, with or without singleEvents', async () => {
    const me = await userWith(3, 1, 2)
    for (const query of ['', '?singleEvents=true', '?orderBy=startTime&singleEvents=true', '?singleEvents=false']) {
      expect(summaries(await me('GET', query))).toEqual(['Day 1', 'Day 2', 'Day 3'])
    }
  })

  test('by last change', async () => {
    const me = await userWith(1, 2)
    const [first] = (await me('GET')).json.items
    api.advance(1)
    await me('PATCH', `/${first.id}`, { body: { location: 'Elsewhere' } })
    expect(summaries(await me('GET', '?orderBy=updated'))).toEqual(['Day 2', 'Day 1'])
  })

  test.each([
    ['timeMin=2027-03-02T00:00:00Z', ['Day 2', 'Day 3']],
    ['timeMax=2027-03-02T00:00:00Z', ['Day 1']],
    ['timeMin=2027-03-02T00:00:00%2B01:00&timeMax=2027-03-03T00:00:00%2B01:00', ['Day 2']],
    // Both limits are exclusive: events that end at timeMin or start at timeMax are not listed.
    ['timeMin=2027-03-01T11:00:00%2B01:00&timeMax=2027-03-03T10:00:00%2B01:00', ['Day 2']],
    ['timeMin=2027-03-01T10:59:59%2B01:00&timeMax=2027-03-03T10:00:01%2B01:00', ['Day 1', 'Day 2', 'Day 3']],
    ['timeMin=2027-03-02T10:30:00%2B01:00&timeMax=2027-03-02T10:31:00%2B01:00', ['Day 2']],
  ])('%s', async (query, expected) => {
    const me = await userWith(1, 2, 3)
    expect(summaries(await me('GET', `?${query}`))).toEqual(expected)
  })

  test('timeMin and timeMax work for whole days', async () => {
    const me = newUser()
    const body = { summary: 'Holiday', start: { date: '2027-03-01' }, end: { date: '2027-03-03' } }
    await me('POST', '', { body })
    expect((await me('GET')).json.items[0]).toMatchObject(body)
    expect(summaries(await me('GET', '?timeMin=2027-03-02T12:00:00Z'))).toEqual(['Holiday'])
    expect(summaries(await me('GET', '?timeMin=2027-03-03T00:00:00Z'))).toEqual([])
  })

  test('q finds events that contain every word, in any field and case; % and _ have no special meaning', async () => {
    const me = newUser()
    await me('POST', '', { body: draft({ summary: 'Café ÉCLAIR', location: 'Lyon' }) })
    await me('POST', '', { body: draft({ summary: '100% done', description: 'in_the_end' }) })
    for (const [q, found] of [
      ['café', 1],
      ['éclair LYON', 1],
      ['lyon paris', 0],
      ['100%', 1],
      ['10%', 0],
      ['in_the', 1],
      ['in-the', 0],
      ["'", 0],
      ['', 2],
    ] as const) {
      expect((await me('GET', `?${new URLSearchParams({ q })}`)).json.items).toHaveLength(found)
    }
  })

  test('the pages contain every event once, and all but the last have a page token', async () => {
    const me = await userWith(5, 3, 1, 4, 2)
    // Events with the same start are ordered by id, or one would be lost between two pages.
    for (const n of [1, 2]) await me('POST', '', { body: draft({ summary: `Day 3 ${n}` }, 3) })
    const pages: string[][] = []
    let query = '?maxResults=2&timeMin=2027-03-01T00:00:00Z'
    for (let page = await me('GET', query); ; page = await me('GET', query)) {
      expect(page.status).toBe(200)
      pages.push(summaries(page))
      expect(Object.keys(page.json)).toEqual(page.json.nextPageToken ? ['items', 'nextPageToken'] : ['items'])
      if (!page.json.nextPageToken) break
      query = `?maxResults=2&timeMin=2027-03-01T00:00:00Z&pageToken=${page.json.nextPageToken}`
    }
    expect(pages.map(page => page.length)).toEqual([2, 2, 2, 1])
    expect(pages.flat().map(summary => summary.slice(0, 5))).toEqual([1, 2, 3, 3, 3, 4, 5].map(day => `Day ${day}`))
    expect(new Set(pages.flat()).size).toBe(7)
  })

  test('events that are added or deleted before a page token do not change what follows', async () => {
    const me = await userWith(2, 3, 4, 5)
    const { items, nextPageToken } = (await me('GET', '?maxResults=2')).json
    await me('DELETE', `/${items[1].id}`)
    await me('POST', '', { body: draft({ summary: 'Day 1' }, 1) })
    expect(summaries(await me('GET', `?maxResults=2&pageToken=${nextPageToken}`))).toEqual(['Day 4', 'Day 5'])
  })

  test('a page token of another list or user, or an invented one, is refused', async () => {
    const [me, you] = [await userWith(1, 2), await userWith(1, 2)]
    const { nextPageToken } = (await me('GET', '?maxResults=1')).json
    for (const answer of [
      await me('GET', `?maxResults=1&q=day&pageToken=${nextPageToken}`),
      await me('GET', `?maxResults=1&orderBy=updated&pageToken=${nextPageToken}`),
      await you('GET', `?maxResults=1&pageToken=${nextPageToken}`),
      await me('GET', '?pageToken=nonsense'),
      await me('GET', `?pageToken=${Buffer.from('["x",1e400,"abcdef"]').toString('base64url')}`),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.json.errors[0].parameter).toBe('pageToken')
    }
    expect((await me('GET', `?maxResults=2&fields=items&pageToken=${nextPageToken}`)).status).toBe(200)
  })

  test('a cancelled event is not listed, but can be read by its id', async () => {
    const me = newUser()
    const { id } = (await me('POST', '', { body: draft({ status: 'cancelled' }) })).json
    expect((await me('GET')).json.items).toEqual([])
    expect((await me('GET', `/${id}`)).json.status).toBe('cancelled')
  })

  test('unknown parameters are ignored, as in Google’s API', async () => {
    const me = await userWith(1)
    const query = '?alt=json&fields=items&timeZone=Europe/Paris&showDeleted=true&prettyPrint=false&x[y]=z&pageToken='
    expect(summaries(await me('GET', query))).toEqual(['Day 1'])
  })

  test.each([
    ['timeMin=yesterday', 'timeMin'],
    ['timeMin=', 'timeMin'],
    ['timeMin=2027-03-01T00:00:00', 'timeMin'],
    ['timeMin=2027-03-01T00:00:00+01:00', 'timeMin'],
    ['timeMax=2027-02-30T00:00:00Z', 'timeMax'],
    ['timeMax=2027-03-01', 'timeMax'],
    ['timeMin=2027-03-02T00:00:00Z&timeMax=2027-03-01T00:00:00Z', 'timeMax'],
    ['timeMin=2027-03-01T00:00:00Z&timeMin=2027-03-02T00:00:00Z', 'timeMin'],
    ['maxResults=0', 'maxResults'],
    ['maxResults=-1', 'maxResults'],
    ['maxResults=1.5', 'maxResults'],
    ['maxResults=many', 'maxResults'],
    ['maxResults=', 'maxResults'],
    ['orderBy=summary', 'orderBy'],
    ['orderBy=startTime', 'orderBy'],
    ['orderBy=startTime&singleEvents=false', 'orderBy'],
    ['orderBy=constructor', 'orderBy'],
    ['singleEvents=maybe', 'singleEvents'],
    ['showDeleted=maybe', 'showDeleted'],
    ['syncToken=abc', 'syncToken'],
    ['q=%00', 'q'],
    [`q=${'x'.repeat(300)}`, 'q'],
  ])('%s is refused, and the error names the parameter', async (query, parameter) => {
    const answer = await newUser()('GET', `?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(answer.json).toMatchObject({
      title: 'Bad Request',
      status: 400,
      detail: expect.stringMatching(`^${parameter} `),
      errors: [{ parameter, detail: expect.any(String) }],
    })
  })

  test('maxResults of more than 2500 is not an error', async () => {
    expect((await newUser()('GET', '?maxResults=100000')).status).toBe(200)
  })
})
