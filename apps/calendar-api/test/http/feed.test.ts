/** A calendar's feed: a secret address that only reads, that any calendar program can subscribe to, and that can be replaced. */
import { createEventId } from '../../src/store/events'
import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

function newUser(scope = 'calendar.read calendar.write') {
  const owner = newOwner()
  const token = api.token(owner, { claims: { scope } })
  const headers = { Authorization: `Bearer ${token}` }
  return {
    owner,
    events: callerOf(api, token),
    feed: (method: string, query = '') => send(`${api.url}/calendar/feed${query}`, method, { headers }),
    calendars: (method: string, path = '', body?: object) =>
      send(`${api.url}/calendar/v3/calendars${path}`, method, {
        headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      }),
  }
}

const read = (url: string, headers: Record<string, string> = {}) => send(url, 'GET', { headers })

test('is read without a token, and has the events of its calendar alone', async () => {
  const [me, you] = [newUser(), newUser()]
  await me.events('POST', '', { body: draft({ summary: 'Mine' }) })
  await you.events('POST', '', { body: draft({ summary: 'Yours' }) })
  const made = await me.feed('POST')
  expect(made.status).toBe(201)
  expect(made.json.url).toMatch(new RegExp(`^${api.url}/calendar/feeds/[\\w-]{43}\\.ics$`))
  const { status, headers, json } = await read(made.json.url)
  expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8'])
  expect(headers.get('cache-control')).toBe('private, no-cache')
  expect(json.match(/^SUMMARY:.*/gm)).toEqual(['SUMMARY:Mine'])
  expect(json).toContain('REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n')
})

test('has no reminders, and nothing of what apps note about events', async () => {
  const me = newUser()
  const body = draft({
    reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] },
    extendedProperties: { private: { note: 'hush' } },
  })
  await me.events('POST', '', { body })
  const { json } = await read((await me.feed('POST')).json.url)
  expect(json).toContain('SUMMARY:Breakfast')
  expect(json).not.toMatch(/hush|VALARM/)
})

test('its address is shown once: later requests tell only that there is one, since when, and which app asked for it', async () => {
  const me = newUser()
  expect((await me.feed('GET')).status).toBe(404)
  const { url, ...made } = (await me.feed('POST')).json
  const answer = await me.feed('GET')
  expect([answer.status, answer.json]).toEqual([200, made])
  expect(made).toEqual({ created: expect.any(String), clientId: 'tripmate' })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const secret = /feeds\/(.*)\.ics/.exec(url)?.[1]
  const rows = await api.context.db.selectFrom('feeds').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(secret)
})

test('each calendar of a user has a feed of its own, with its name, until the calendar is deleted', async () => {
  const me = newUser()
  const { id } = (await me.calendars('POST', '', { summary: 'Trips' })).json
  await me.calendars('POST', `/${id}/events`, draft({ summary: 'Beach' }))
  await me.events('POST', '', { body: draft() })
  const ofTrips = (await me.feed('POST', `?calendarId=${id}`)).json.url
  const ofPrimary = (await me.feed('POST', '?calendarId=primary')).json.url
  const [trips, primary] = [(await read(ofTrips)).json, (await read(ofPrimary)).json]
  expect(trips.match(/^(SUMMARY|X-WR-CALNAME):.*/gm)).toEqual(['X-WR-CALNAME:Trips', 'SUMMARY:Beach'])
  expect(primary.match(/^SUMMARY:.*/gm)).toEqual(['SUMMARY:Breakfast'])
  expect((await me.calendars('DELETE', `/${id}`)).status).toBe(204)
  expect((await read(ofTrips)).status).toBe(404)
  expect((await read(ofPrimary)).status).toBe(200)
})

test('a feed that was made while its calendar was deleted does not open', async () => {
  const me = newUser()
  const { id } = (await me.calendars('POST', '', { summary: 'Trips' })).json
  const { url } = (await me.feed('POST', `?calendarId=${id}`)).json
  const row = await api.context.db.selectFrom('feeds').selectAll().where('calendar', '=', id).executeTakeFirstOrThrow()
  await me.calendars('DELETE', `/${id}`)
  await api.context.db.insertInto('feeds').values(row).execute()
  expect((await read(url)).status).toBe(404)
  // Some time later the calendar is forgotten altogether.
  await api.context.db.deleteFrom('calendars').where('id', '=', id).execute()
  expect((await read(url)).status).toBe(404)
})

test.each(['GET', 'POST', 'DELETE'])('%s of another user’s calendar gives 404', async method => {
  const [me, you] = [newUser(), newUser()]
  const { id } = (await you.calendars('POST', '', { summary: 'Trips' })).json
  await you.feed('POST', `?calendarId=${id}`)
  for (const other of [id, you.owner, 'c_never']) {
    const answer = await me.feed(method, `?calendarId=${other}`)
    expect([answer.status, answer.json.detail]).toEqual([404, 'You have no calendar with this id.'])
  }
  expect((await me.feed(method, '?calendarId=a&calendarId=b')).status).toBe(400)
  expect((await you.feed('GET', `?calendarId=${id}`)).status).toBe(200)
})

test('a replaced or deleted address gives 404, like one that never existed', async () => {
  const me = newUser()
  const never = await read(`${api.url}/calendar/feeds/${'a'.repeat(43)}.ics`)
  expect(never.status).toBe(404)
  const first = (await me.feed('POST')).json.url
  const second = (await me.feed('POST')).json.url
  expect((await read(first)).json).toEqual(never.json)
  expect((await read(second)).status).toBe(200)
  expect((await me.feed('DELETE')).status).toBe(204)
  expect((await read(second)).json).toEqual(never.json)
  expect((await me.feed('DELETE')).status).toBe(404)
  expect((await me.feed('GET')).status).toBe(404)
})

test('of twenty simultaneous requests for an address, one address works', async () => {
  const me = newUser()
  const urls = await Promise.all(Array.from({ length: 20 }, async () => (await me.feed('POST')).json.url))
  const statuses = await Promise.all(urls.map(async url => (await read(url)).status))
  expect(statuses.sort()).toEqual([200, ...Array(19).fill(404)])
})

test('a program that has the current version gets 304, until something changes (RFC 9110 §13.1.2)', async () => {
  const me = newUser()
  const { url } = (await me.feed('POST')).json
  const before = (await read(url)).headers.get('etag') ?? ''
  const again = await read(url, { 'If-None-Match': `W/${before}` })
  expect([again.status, again.json, again.headers.get('etag')]).toEqual([304, '', before])
  const { id } = (await me.events('POST', '', { body: draft() })).json
  const changed = await read(url, { 'If-None-Match': before })
  expect([changed.status, changed.json]).toEqual([200, expect.stringContaining('Breakfast')])
  await me.events('DELETE', `/${id}`)
  const deleted = await read(url, { 'If-None-Match': changed.headers.get('etag') ?? '' })
  expect([deleted.status, deleted.json]).toEqual([200, expect.not.stringContaining('Breakfast')])
})

describe('of a calendar with more events than a file may have', () => {
  const DAY_MS = 86_400_000
  const descriptionOf = (file: string) => file.replace(/\r\n /g, '').match(/^DESCRIPTION:.*/gm)

  /** A user with so many events on one day. */
  async function withMany(count: number, daysFromNow: number) {
    const me = newUser()
    const { db, clock } = api.context
    const start = clock() + daysFromNow * DAY_MS
    const [dateTime, end] = [start, start + 3_600_000].map(ms => new Date(ms).toISOString())
    await me.events('POST', '', { body: { summary: 'Old', start: { dateTime }, end: { dateTime: end } } })
    const { number: _, ...row } = await db
      .selectFrom('events')
      .selectAll()
      .where('calendar', '=', me.owner)
      .executeTakeFirstOrThrow()
    for (let n = 1; n < count; n += 500) {
      const rows = Array.from({ length: Math.min(500, count - n) }, () => ({ ...row, id: createEventId() }))
      await db.insertInto('events').values(rows).execute()
    }
    return me
  }

  test('those of long ago are left out, and its description says so', async () => {
    const me = await withMany(10_000, -400)
    const { url } = (await me.feed('POST')).json
    expect((await read(url)).json).not.toMatch(/^DESCRIPTION/m)
    const dateTime = new Date(api.context.clock()).toISOString()
    await me.events('POST', '', { body: { summary: 'New', start: { dateTime }, end: { dateTime } } })
    const { json } = await read(url)
    expect(json.match(/^SUMMARY:.*/gm)).toEqual(['SUMMARY:New'])
    expect(descriptionOf(json)).toEqual([expect.stringContaining('ended more than a year ago are left out')])
  })

  test('the first are there, and its description says so, where even those of a year are too many', async () => {
    const me = await withMany(10_001, 1)
    const { json } = await read((await me.feed('POST')).json.url)
    expect(json.match(/^SUMMARY:.*/gm)).toHaveLength(10_000)
    expect(descriptionOf(json)).toEqual([expect.stringContaining('Only the first 10\\,000 of them are here')])
  })
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('only reads: %s is refused with 405', async method => {
  const { url } = (await newUser().feed('POST')).json
  const answer = await send(url, method)
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test.each([
  ['GET', 'calendar.write', 'calendar.read'],
  ['POST', 'calendar.read', 'calendar.write'],
  // Or an app that may not read could let itself do so.
  ['POST', 'calendar.write', 'calendar.read'],
  ['DELETE', 'calendar.read', 'calendar.write'],
])('%s with the scope %s alone is refused: it needs %s', async (method, scope, needed) => {
  const answer = await newUser(scope).feed(method)
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining(`scope="${needed}"`),
  ])
})

test('an unknown secret takes one query, whatever it looks like', async () => {
  const queries = jest.spyOn(api.context.db.getExecutor().constructor.prototype, 'executeQuery')
  const counts: number[] = []
  for (const secret of ['a'.repeat(43), 'a', '%00', `${'b'.repeat(5000)}`, "'or'1'='1"]) {
    queries.mockClear()
    expect((await read(`${api.url}/calendar/feeds/${secret}.ics`)).status).toBe(404)
    counts.push(queries.mock.calls.length)
  }
  expect(counts).toEqual([1, 1, 1, 1, 1])
  queries.mockRestore()
})

test('the secret is in no log line, however the request is refused', async () => {
  const lines: unknown[] = []
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    jest.spyOn(api.context.log, level).mockImplementation((...line: unknown[]) => void lines.push(line))
  }
  const me = newUser()
  const { url } = (await me.feed('POST')).json
  const secret = /feeds\/(.*)\.ics/.exec(url)?.[1] ?? ''
  await read(url)
  await send(url, 'POST')
  await me.feed('POST')
  for (const odd of [url, url.replace('.ics', ''), url.replace('.ics', '/more'), url.replace('/feeds/', '/feeds//')])
    await read(odd)
  jest.restoreAllMocks()
  expect(lines.length).toBeGreaterThan(6)
  expect(JSON.stringify(lines)).toContain('/calendar/feeds/(hidden)')
  expect(JSON.stringify(lines)).not.toContain(secret.slice(0, 8))
})
