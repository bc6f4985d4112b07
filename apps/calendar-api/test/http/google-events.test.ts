/** Events at Google's addresses: the same handlers as at /calendar/events, with what Google's clients expect. */
import { readEvent } from '../../src/calendar/event-input'
import * as events from '../../src/store/events'
import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const google = (owner = newOwner(), scope?: string) =>
  callerOf(api, api.token(owner, scope === undefined ? {} : { claims: { scope } }), '/calendar/v3')
const EVENTS = '/calendars/primary/events'

test('an event is created with 200, as Google does, and without Location', async () => {
  const { status, headers, json } = await google()('POST', EVENTS, { body: draft() })
  expect([status, headers.get('location')]).toEqual([200, null])
  expect(json).toMatchObject({ kind: 'calendar#event', summary: 'Breakfast' })
  expect(headers.get('etag')).toBe(json.etag)
})

test('an event is the same at both addresses, apart from kind', async () => {
  const owner = newOwner()
  const { id, etag } = (
    await google(owner)('POST', EVENTS, { body: draft({ recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] }) })
  ).json
  const own = callerOf(api, api.token(owner))
  for (const path of [`/${id}`, `/${id}_20270302T090000Z`]) {
    const { kind, ...event } = (await google(owner)('GET', EVENTS + path)).json
    expect([kind, event]).toEqual(['calendar#event', (await own('GET', path)).json])
  }
  for (const query of ['?', '?singleEvents=true&', `/${id}/instances?`]) {
    const list = (await google(owner)('GET', `${EVENTS}${query}maxResults=10`)).json
    const items = list.items.map(({ kind: _, ...event }: { kind: string }) => event)
    expect(items).toEqual((await own('GET', `${query}maxResults=10`)).json.items)
  }
  expect((await google(owner)('DELETE', `${EVENTS}/${id}`, { headers: { 'If-Match': etag } })).status).toBe(204)
  expect((await own('GET', `/${id}`)).status).toBe(404)
})

test('a list has the members that Google’s clients expect', async () => {
  const me = google()
  const empty = (await me('GET', EVENTS)).json
  expect(empty).toEqual({
    kind: 'calendar#events',
    etag: expect.stringMatching(/^"[^"]+"$/),
    summary: 'My calendar',
    updated: '1970-01-01T00:00:00.000Z',
    timeZone: 'UTC',
    accessRole: 'owner',
    defaultReminders: [],
    items: [],
    nextSyncToken: expect.any(String),
  })
  const event = (await me('POST', EVENTS, { body: draft() })).json
  const list = (await me('GET', EVENTS)).json
  expect(list).toMatchObject({ updated: event.updated, items: [event] })
  expect(list.etag).not.toBe(empty.etag)
})

test('pages and syncs go on as at /calendar/events', async () => {
  const me = google()
  for (const day of [1, 2, 3]) await me('POST', EVENTS, { body: draft({ summary: `Day ${day}` }, day) })
  const first = (await me('GET', `${EVENTS}?maxResults=2`)).json
  const second = (await me('GET', `${EVENTS}?maxResults=2&pageToken=${first.nextPageToken}`)).json
  const titles = [...first.items, ...second.items].map(({ summary }: { summary: string }) => summary)
  expect(titles).toEqual(['Day 1', 'Day 2', 'Day 3'])
  const { id } = first.items[0]
  await me('DELETE', `${EVENTS}/${id}`)
  const sync = (await me('GET', `${EVENTS}?syncToken=${second.nextSyncToken}`)).json
  expect(sync.items).toEqual([{ kind: 'calendar#event', id, status: 'cancelled' }])
})

test('parameters of all Google’s APIs are accepted and have no effect', async () => {
  const me = google()
  const event = (await me('POST', `${EVENTS}?sendUpdates=all&conferenceDataVersion=1`, { body: draft() })).json
  const query = 'alt=json&prettyPrint=false&fields=items(id)&key=K&quotaUser=Q&timeZone=Asia/Tokyo&maxAttendees=1'
  expect((await me('GET', `${EVENTS}?${query}`)).json).toMatchObject({ kind: 'calendar#events', items: [event] })
})

test.each([
  ['POST', `${EVENTS}/quickAdd?text=Lunch`],
  ['POST', `${EVENTS}/import`],
  ['POST', `${EVENTS}/watch`],
  ['POST', '/channels/stop'],
  ['GET', '/calendars/primary/acl'],
  ['GET', '/users/me/settings'],
  ['POST', '/users/me/calendarList/watch'],
])('what this calendar does not offer is refused: %s %s', async (method, path) => {
  const { status, json } = await google()(method, path, { body: method === 'POST' ? draft() : undefined })
  expect([404, 405]).toContain(status)
  expect(json.error.code).toBe(status)
})

test('only one of two events with the same chosen id is created, in each calendar', async () => {
  const me = google()
  const body = { ...draft(), id: 'chosen1' }
  const answers = await Promise.all([1, 2, 3].map(() => me('POST', EVENTS, { body })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
})

describe('a refusal has Google’s form', () => {
  test.each([
    ['GET', `${EVENTS}?timeMin=yesterday`, undefined, 400, 'invalid', 'timeMin'],
    ['GET', `${EVENTS}/nothing1`, undefined, 404, 'notFound', undefined],
    ['GET', '/nothing', undefined, 404, 'notFound', undefined],
    ['GET', '', undefined, 404, 'notFound', undefined],
    ['POST', EVENTS, { summary: 'No time' }, 400, 'invalid', undefined],
    ['POST', EVENTS, '{', 400, 'parseError', undefined],
    ['PATCH', EVENTS, {}, 405, 'httpMethodNotAllowed', undefined],
    ['GET', '/users/me', undefined, 404, 'notFound', undefined],
  ])('with its reason: %s %s', async (method, path, body, code, reason, location) => {
    const { status, headers, json } = await google()(method, path, { body })
    expect([status, headers.get('content-type')]).toEqual([code, 'application/json; charset=utf-8'])
    const { message, errors } = json.error
    const place = location === undefined ? {} : { locationType: 'parameter', location }
    expect(errors).toEqual([{ domain: 'global', reason, message, ...place }])
    expect(json.error.code).toBe(code)
  })

  test('without a token: with the challenge of RFC 6750, and metadata for exactly this address (RFC 9728 §3.3)', async () => {
    for (const path of [EVENTS, '/users/me/calendarList', '/calendars/primary', `${EVENTS}/abcdef/move`, '/colors']) {
      const url = `${api.url}/calendar/v3${path}`
      const { status, headers, json } = await send(url, path.endsWith('move') ? 'POST' : 'GET')
      expect([status, json.error.status, json.error.errors[0].reason]).toEqual([401, 'UNAUTHENTICATED', 'authError'])
      const [, metadata = ''] = /^Bearer resource_metadata="([^"]+)"$/.exec(headers.get('www-authenticate') ?? '') ?? []
      expect((await send(metadata)).json).toMatchObject({ resource: url, authorization_servers: [api.authServer.url] })
    }
  })

  test('of a version that has changed', async () => {
    const me = google()
    const { id } = (await me('POST', EVENTS, { body: draft() })).json
    const headers = { 'If-Match': '"old"' }
    const { status, json } = await me('PUT', `${EVENTS}/${id}`, { body: draft(), headers })
    expect([status, json.error.status, json.error.errors[0]]).toEqual([
      412,
      'FAILED_PRECONDITION',
      {
        domain: 'global',
        reason: 'conditionNotMet',
        message: json.error.message,
        locationType: 'header',
        location: 'If-Match',
      },
    ])
  })

  test('of an id that is taken', async () => {
    const me = google()
    const body = { ...draft(), id: 'chosen1' }
    await me('POST', EVENTS, { body })
    const { status, json } = await me('POST', EVENTS, { body })
    expect([status, json.error.errors[0].reason]).toEqual([409, 'duplicate'])
  })

  test('of a sync token that is too old', async () => {
    const s = 91 * 86_400
    const exp = Math.floor(Date.now() / 1000) + 2 * s
    const me = callerOf(api, api.token(newOwner(), { claims: { exp } }), '/calendar/v3')
    const { nextSyncToken } = (await me('GET', EVENTS)).json
    api.advance(s)
    try {
      const { status, json } = await me('GET', `${EVENTS}?syncToken=${nextSyncToken}`)
      expect([status, json.error.errors[0]]).toMatchObject([410, { domain: 'calendar', reason: 'fullSyncRequired' }])
    } finally {
      api.advance(-s)
    }
  })
})

test('a list of changes since a time that is too long ago is gone too', async () => {
  const { status, json } = await google()('GET', `${EVENTS}?updatedMin=2020-01-01T00:00:00Z`)
  const place = { locationType: 'parameter', location: 'updatedMin' }
  expect([status, json.error.errors[0]]).toMatchObject([410, { reason: 'updatedMinTooLongAgo', ...place }])
})

const NAME = 'https://www.googleapis.com/auth/calendar'
const FREE_BUSY = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-03-02T00:00:00Z', items: [] }

describe('scopes by Google’s names', () => {
  test.each([
    // What each scope allows: reading events, writing them, reading calendars, writing them, and free/busy.
    ['calendar.read', [200, 403, 200, 403, 200]],
    ['calendar.write', [403, 200, 403, 200, 403]],
    [NAME, [200, 200, 200, 200, 200]],
    [`${NAME}.readonly`, [200, 403, 200, 403, 200]],
    [`${NAME}.events`, [200, 200, 403, 403, 403]],
    [`${NAME}.events.readonly`, [200, 403, 403, 403, 403]],
    [`${NAME}.freebusy`, [403, 403, 403, 403, 200]],
    [`${NAME}.unknown`, [403, 403, 403, 403, 403]],
  ])('a token with %s is let in where its scope says, and nowhere else', async (scope, expected) => {
    const me = google(newOwner(), scope)
    const answers = [
      await me('GET', EVENTS),
      await me('POST', EVENTS, { body: draft() }),
      await me('GET', '/users/me/calendarList'),
      await me('PATCH', '/calendars/primary', { body: { summary: 'Mine' } }),
      await me('POST', '/freeBusy', { body: FREE_BUSY }),
    ]
    expect(answers.map(({ status }) => status)).toEqual(expected)
    for (const { status, headers, json } of answers.filter(answer => answer.status === 403)) {
      expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="calendar\.(read|write)"/)
      expect([status, json.error.errors[0].reason]).toEqual([403, 'insufficientPermissions'])
    }
  })

  test('are accepted at /calendar/events too', async () => {
    const token = api.token(newOwner(), { claims: { scope: `${NAME}.events` } })
    const call = callerOf(api, token)
    expect((await call('POST', '', { body: draft() })).status).toBe(201)
    expect((await call('GET')).status).toBe(200)
  })
})

describe('freeBusy', () => {
  /** @returns the busy times of March 2027, as `from/to` */
  async function busyOf(me: ReturnType<typeof google>, id = 'primary', more = {}): Promise<string[]> {
    const body = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-04-01T00:00:00Z', items: [{ id }], ...more }
    const { json } = await me('POST', '/freeBusy', { body })
    return json.calendars[id].busy.map(({ start, end }: { start: string; end: string }) => `${start}/${end}`)
  }
  const at = (from: string, to: string) => ({ start: { dateTime: from }, end: { dateTime: to } })

  test('has the times of events, and nothing else; those that overlap or touch are one', async () => {
    const me = google()
    const create = (body: object) => me('POST', EVENTS, { body })
    await create({ summary: 'Secret', ...at('2027-03-02T09:00:00+01:00', '2027-03-02T10:00:00+01:00') })
    await create(at('2027-03-02T09:00:00Z', '2027-03-02T11:00:00Z'))
    await create(at('2027-03-02T10:00:00Z', '2027-03-02T10:30:00Z'))
    await create(at('2027-03-05T10:00:00Z', '2027-03-05T12:00:00Z'))
    expect(await busyOf(me)).toEqual([
      '2027-03-02T08:00:00Z/2027-03-02T11:00:00Z',
      '2027-03-05T10:00:00Z/2027-03-05T12:00:00Z',
    ])
    const body = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-04-01T00:00:00Z', items: [{ id: 'primary' }] }
    expect(JSON.stringify((await me('POST', '/freeBusy', { body })).json)).not.toMatch('Secret')
  })

  test('leaves out what is cancelled, what blocks no time, and what is outside', async () => {
    const me = google()
    const create = async (body: object) => (await me('POST', EVENTS, { body })).json.id
    const series = await create(
      draft({ recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'], ...at('2027-03-01T10:00:00Z', '2027-03-01T11:00:00Z') }),
    )
    await me('DELETE', `${EVENTS}/${series}_20270308T100000Z`)
    await create({ status: 'cancelled', ...at('2027-03-03T10:00:00Z', '2027-03-03T11:00:00Z') })
    await create({ transparency: 'transparent', ...at('2027-03-04T10:00:00Z', '2027-03-04T11:00:00Z') })
    await create(at('2027-02-27T10:00:00Z', '2027-03-01T00:00:00Z'))
    await create(at('2027-03-31T23:00:00Z', '2027-04-02T00:00:00Z'))
    expect(await busyOf(me)).toEqual([
      '2027-03-01T10:00:00Z/2027-03-01T11:00:00Z',
      '2027-03-15T10:00:00Z/2027-03-15T11:00:00Z',
      '2027-03-22T10:00:00Z/2027-03-22T11:00:00Z',
      '2027-03-31T23:00:00Z/2027-04-01T00:00:00Z',
    ])
  })

  test('has whole days in the calendar’s time zone, and times in the zone asked for', async () => {
    const me = google()
    await me('PATCH', '/calendars/primary', { body: { timeZone: 'America/New_York' } })
    const day = (date: string, end: string) => me('POST', EVENTS, { body: { start: { date }, end: { date: end } } })
    // The clocks of New York change on the 14th.
    await day('2027-03-14', '2027-03-15')
    await day('2027-03-31', '2027-04-02')
    expect(await busyOf(me)).toEqual([
      '2027-03-14T05:00:00Z/2027-03-15T04:00:00Z',
      '2027-03-31T04:00:00Z/2027-04-01T00:00:00Z',
    ])
    expect((await busyOf(me, 'primary', { timeZone: 'Europe/Amsterdam' }))[0]).toBe(
      '2027-03-14T06:00:00+01:00/2027-03-15T05:00:00+01:00',
    )
  })

  test('says which calendars are not found, another user’s among them', async () => {
    const stranger = google()
    const { id } = (await stranger('POST', '/calendars', { body: { summary: 'Private' } })).json
    await stranger('POST', `/calendars/${id}/events`, { body: draft() })
    const body = { ...FREE_BUSY, items: [{ id }, { id: '__proto__' }, { id: 'a\0' }, { id: 'primary' }] }
    const { status, json } = await google()('POST', '/freeBusy', { body })
    const notFound = { busy: [], errors: [{ domain: 'global', reason: 'notFound' }] }
    expect([status, Object.entries(json.calendars)]).toEqual([
      200,
      [
        [id, notFound],
        ['__proto__', notFound],
        ['a\0', notFound],
        ['primary', { busy: [] }],
      ],
    ])
  })

  /** Adds events of a minute, one every two minutes from the 2nd of March, without the API, which is faster. */
  async function fill(owner: string, count: number): Promise<void> {
    const { db } = api.context
    await events.add(db, owner, 'first1', readEvent(at('2027-03-02T00:00:00Z', '2027-03-02T00:01:00Z')), 0)
    const row = await db.selectFrom('events').selectAll().where('calendar', '=', owner).executeTakeFirstOrThrow()
    const time = (instant: number) => JSON.stringify({ dateTime: new Date(instant).toISOString() })
    for (let first = 1; first < count; first += 500) {
      const copies = Array.from({ length: Math.min(500, count - first) }, (_, n) => {
        const start_at_ms = row.start_at_ms + (first + n) * 120_000
        const end_at_ms = start_at_ms + 60_000
        const times = { start_at_ms, end_at_ms, start_time: time(start_at_ms), end_time: time(end_at_ms) }
        return { ...row, ...times, number: undefined, id: events.createEventId() }
      })
      await db.insertInto('events').values(copies).execute()
    }
  }

  test('has more events than fit on a page of a list', async () => {
    const owner = newOwner()
    await fill(owner, 2_601)
    expect(await busyOf(google(owner))).toHaveLength(2_601)
  })

  test('has at most 10,000 events of a calendar', async () => {
    const owner = newOwner()
    await fill(owner, 10_001)
    const body = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-04-01T00:00:00Z', items: [{ id: 'primary' }] }
    const { status, json } = await google(owner)('POST', '/freeBusy', { body })
    expect([status, json.error.errors[0].reason]).toEqual([400, 'timeRangeTooLong'])
  })

  test.each([
    [{ timeMax: '2027-03-01T00:00:00Z' }, 'invalid', 'timeMax must be after timeMin.'],
    [
      { timeMax: '2027-07-01T00:00:00Z' },
      'timeRangeTooLong',
      'The time from timeMin to timeMax is longer than 92 days. Ask about less.',
    ],
    [
      { timeMin: '2027-03-01' },
      'invalid',
      'timeMin must be a date and time with an offset, such as 2027-03-28T00:00:00Z.',
    ],
    [{ timeMin: null }, 'invalid', 'timeMin is missing.'],
    [{ timeZone: 'Mars' }, 'invalid', 'timeZone must be an IANA time zone name such as Europe/Amsterdam.'],
    [{ items: 'primary' }, 'invalid', 'items must be a list of objects with an id.'],
    [{ items: [{}] }, 'invalid', 'items must be a list of objects with an id.'],
    [
      { items: Array.from({ length: 51 }, (_, index) => ({ id: `c_${index}` })) },
      'tooManyCalendarsRequested',
      'items has more than 50 calendars. Ask about fewer.',
    ],
  ])('is refused with %j', async (change, reason, message) => {
    const { status, json } = await google()('POST', '/freeBusy', { body: { ...FREE_BUSY, ...change } })
    expect([status, json.error.errors[0].reason, json.error.message]).toEqual([400, reason, message])
  })
})
