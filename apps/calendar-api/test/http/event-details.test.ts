/** What apps note about an event is kept and given back as in the Google Calendar API v3, and found by the list. */
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

const DETAILS = {
  attendees: [
    { email: 'bob@example.com', displayName: 'Bob', responseStatus: 'accepted', comment: 'Yes!', additionalGuests: 2 },
    { email: 'room-3@example.com', optional: true, resource: true, responseStatus: 'needsAction' },
  ],
  reminders: {
    useDefault: false,
    overrides: [
      { method: 'popup', minutes: 0 },
      { method: 'email', minutes: 40_320 },
    ],
  },
  colorId: '11',
  extendedProperties: { private: { tripId: '42', 'a/b~c': '' }, shared: { tripId: '43' } },
  source: { title: 'Trip', url: 'https://tripmate.example/trips/42?a=b#c' },
  visibility: 'confidential',
  transparency: 'transparent',
}
const NULLS = Object.fromEntries(Object.keys(DETAILS).map(name => [name, null]))

describe('are given back', () => {
  test('by POST, GET, PUT, the list and a sync', async () => {
    const me = newUser()
    const { nextSyncToken } = (await me('GET')).json
    const made = (await me('POST', '', { body: draft(DETAILS) })).json
    expect(made).toMatchObject(DETAILS)
    expect((await me('GET', `/${made.id}`)).json).toEqual(made)
    expect((await me('GET')).json.items).toEqual([made])
    expect((await me('GET', `?syncToken=${nextSyncToken}`)).json.items).toEqual([made])
    const put = (await me('PUT', `/${made.id}`, { body: made })).json
    expect(put).toEqual({ ...made, etag: put.etag, updated: put.updated })
    const without = (await me('PUT', `/${made.id}`, { body: draft() })).json
    expect(Object.keys(DETAILS).filter(name => name in without)).toEqual([])
  })

  test('by each event of a series, and by one that was changed or cancelled', async () => {
    const me = newUser()
    const { id } = await create(me, { ...DETAILS, recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] })
    const [first, second, third] = (await me('GET', `/${id}/instances`)).json.items
    expect([first, second, third].map(({ extendedProperties }) => extendedProperties)).toEqual(
      Array(3).fill(DETAILS.extendedProperties),
    )
    const changed = await me('PATCH', `/${second.id}`, { body: { colorId: '2' } })
    expect(changed.json).toMatchObject({ ...DETAILS, colorId: '2' })
    await me('DELETE', `/${third.id}`)
    const all = (await me('GET', `/${id}/instances?showDeleted=true`)).json.items
    expect(all).toMatchObject([DETAILS, { ...DETAILS, colorId: '2' }, { ...DETAILS, status: 'cancelled' }])
  })

  test('with the defaults that Google gives them', async () => {
    const sent = { attendees: [{ email: 'bob@example.com' }], reminders: { overrides: [] } }
    expect(await create(newUser(), sent)).toMatchObject({
      attendees: [{ email: 'bob@example.com', responseStatus: 'needsAction' }],
      reminders: { useDefault: false, overrides: [] },
    })
  })

  test('null means the same as an omitted member, at each level', async () => {
    const sent = {
      ...NULLS,
      attendees: [{ email: 'bob@example.com', displayName: null, responseStatus: null }],
      extendedProperties: { private: { a: '1', b: null }, shared: null },
    }
    const made = await create(newUser(), sent)
    expect(made.attendees).toEqual([{ email: 'bob@example.com', responseStatus: 'needsAction' }])
    expect(made.extendedProperties).toEqual({ private: { a: '1' } })
    expect(made).not.toHaveProperty('colorId')
  })

  test('without members that Google has but this API has not', async () => {
    const attendees = [{ email: 'bob@example.com', responseStatus: 'declined', self: true, organizer: true, id: '1' }]
    const made = await create(newUser(), { attendees })
    expect(made.attendees).toEqual([{ email: 'bob@example.com', responseStatus: 'declined' }])
  })
})

describe('a patch (RFC 7396)', () => {
  test.each([
    [{ colorId: null }, { colorId: undefined }],
    [
      { extendedProperties: { private: { tripId: null } } },
      { extendedProperties: { private: { 'a/b~c': '' }, shared: { tripId: '43' } } },
    ],
    [
      { extendedProperties: { private: { x: 'y' } } },
      { extendedProperties: { private: { tripId: '42', 'a/b~c': '', x: 'y' }, shared: { tripId: '43' } } },
    ],
    [{ extendedProperties: { shared: null } }, { extendedProperties: { private: DETAILS.extendedProperties.private } }],
    [{ source: { title: 'Other' } }, { source: { title: 'Other', url: DETAILS.source.url } }],
    [{ reminders: { useDefault: true, overrides: null } }, { reminders: { useDefault: true } }],
    [
      { attendees: [{ email: 'eve@example.com' }] },
      { attendees: [{ email: 'eve@example.com', responseStatus: 'needsAction' }] },
    ],
    [{ summary: 'Brunch' }, { summary: 'Brunch' }],
    [NULLS, Object.fromEntries(Object.keys(DETAILS).map(name => [name, undefined]))],
  ])('%j', async (patch, expected) => {
    const me = newUser()
    const before = await create(me, DETAILS)
    const { status, json } = await me('PATCH', `/${before.id}`, { body: patch })
    expect(status).toBe(200)
    const after = JSON.parse(JSON.stringify({ ...before, ...expected, etag: json.etag, updated: json.updated }))
    expect(json).toEqual(after)
    expect((await me('GET', `/${before.id}`)).json).toEqual(after)
  })

  test('with very deep members is answered', async () => {
    const me = newUser()
    const { id } = await create(me)
    const deep = `{"extendedProperties":${'{"private":'.repeat(4000)}1${'}'.repeat(4000)}}`
    expect((await me('PATCH', `/${id}`, { body: deep })).status).toBe(400)
  })
})

const people = (count: number) => Array.from({ length: count }, (_, n) => ({ email: `a${n}@example.com` }))
const pairs = (count: number, value = '') =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value]))
const alarms = (count: number) => Array(count).fill({ method: 'popup', minutes: 10 })

describe('are refused, and the error names the member', () => {
  test.each<[string, string, unknown, string]>([
    ['attendees', '', {}, 'must be a list'],
    ['attendees', '', people(201), 'must not have more than 200 entries'],
    ['attendees', '/0', ['bob'], 'must be an object'],
    ['attendees', '/1/email', [{ email: 'bob@example.com' }, {}], 'must be an email address such as bob@example.com'],
    ['attendees', '/0/email', [{ email: 'bob' }], 'must be an email address such as bob@example.com'],
    ['attendees', '/0/email', [{ email: 'bob@example.com\0' }], 'must be an email address such as bob@example.com'],
    ['attendees', '/0/displayName', [{ email: 'bob@example.com', displayName: 1 }], 'must be text'],
    ['attendees', '/0/optional', [{ email: 'bob@example.com', optional: 'yes' }], 'must be true or false'],
    [
      'attendees',
      '/0/responseStatus',
      [{ email: 'bob@example.com', responseStatus: 'maybe' }],
      'must be one of needsAction, declined, tentative, accepted',
    ],
    [
      'attendees',
      '/0/additionalGuests',
      [{ email: 'bob@example.com', additionalGuests: 1.5 }],
      'must be a whole number',
    ],
    [
      'attendees',
      '/0/comment',
      [{ email: 'bob@example.com', comment: '\0' }],
      'contains a character that cannot be stored',
    ],
    ['reminders', '', [], 'must be an object'],
    ['reminders', '/overrides', { overrides: alarms(6) }, 'must not have more than 5 entries'],
    ['reminders', '/overrides', { useDefault: true, overrides: alarms(1) }, 'must have either useDefault or overrides'],
    ['reminders', '/overrides/0/method', { overrides: [{ method: 'sms', minutes: 1 }] }, 'must be one of email, popup'],
    [
      'reminders',
      '/overrides/0/minutes',
      { overrides: [{ method: 'popup', minutes: 40_321 }] },
      'must not be more than 40320',
    ],
    ['reminders', '/overrides/0/minutes', { overrides: [{ method: 'popup', minutes: -1 }] }, 'must not be less than 0'],
    ['colorId', '', '12', 'must be a number from 1 to 11, as text'],
    ['colorId', '', '0', 'must be a number from 1 to 11, as text'],
    ['colorId', '', 7, 'must be text'],
    ['extendedProperties', '/private', { private: ['a'] }, 'must be an object'],
    ['extendedProperties', '/shared/a', { shared: { a: 1 } }, 'must be text'],
    ['extendedProperties', '/private/a~1b%20c', { private: { 'a/b c': true } }, 'must be text'],
    [
      'extendedProperties',
      '/private/a',
      { private: { a: 'x'.repeat(1025) } },
      'must not be longer than 1024 characters',
    ],
    [
      'extendedProperties',
      `/private/${'k'.repeat(45)}`,
      { private: { ['k'.repeat(45)]: '' } },
      'must not have a name of more than 44 characters',
    ],
    ['extendedProperties', '', { private: pairs(151), shared: pairs(150) }, 'must not have more than 300 properties'],
    ['extendedProperties', '', { private: pairs(40, 'x'.repeat(1000)) }, 'must not be longer than 32768 characters'],
    ['source', '/url', { title: 'Trip' }, 'is missing'],
    ['source', '/url', { url: 'javascript:alert(1)' }, 'must be an address that begins with http:// or https://'],
    ['source', '/url', { url: 'https://a b' }, 'must be an address that begins with http:// or https://'],
    ['visibility', '', 'secret', 'must be one of default, public, private, confidential'],
    ['transparency', '', true, 'must be one of opaque, transparent'],
  ])('%s%s', async (name, path, value, why) => {
    const me = newUser()
    const { status, json } = await me('POST', '', { body: draft({ [name]: value }) })
    const detail = expect.stringMatching(`^${why.replace(/[/.()]/g, '\\$&')}`)
    expect([status, json.errors]).toEqual([400, [{ pointer: `#/${name}${path}`, detail }]])
  })

  test('as long as they may be: accepted', async () => {
    const properties = {
      private: { ['k'.repeat(44)]: '€'.repeat(1024), ...pairs(149) },
      shared: { ...pairs(149), '=': '=' },
    }
    const body = draft({ attendees: people(200), extendedProperties: properties })
    const { status, json } = await newUser()('POST', '', { body })
    expect([status, json.extendedProperties]).toEqual([201, properties])
  })
})

describe('privateExtendedProperty and sharedExtendedProperty', () => {
  const found = async (me: Call, query: string) => {
    const { status, json } = await me('GET', `?${query}`)
    expect([status, json.detail]).toEqual([200, undefined])
    return json.items.map(({ summary }: { summary: string }) => summary)
  }
  const own = (properties: Record<string, string>, shared = {}) => ({ private: properties, shared })

  test('find the events that have all of them', async () => {
    const [me, you] = [newUser(), newUser()]
    await create(me, { summary: 'A', extendedProperties: own({ trip: '1', day: '1' }) })
    await create(me, { summary: 'B', extendedProperties: own({ trip: '1', day: '2' }, { trip: '2' }) }, 2)
    await create(me, { summary: 'C', extendedProperties: own({ trip: '10', url: 'a=b&c' }) }, 3)
    await create(me, { summary: 'D' }, 4)
    await create(you, { summary: 'Y', extendedProperties: own({ trip: '1' }) })
    for (const [query, expected] of [
      ['privateExtendedProperty=trip%3D1', ['A', 'B']],
      ['privateExtendedProperty=trip=1&privateExtendedProperty=day=2', ['B']],
      ['privateExtendedProperty=trip=1&privateExtendedProperty=trip=1', ['A', 'B']],
      ['privateExtendedProperty=trip=1&sharedExtendedProperty=trip=2', ['B']],
      ['sharedExtendedProperty=trip=1', []],
      ['privateExtendedProperty=trip=', []],
      ['privateExtendedProperty=url=a%3Db%26c', ['C']],
      ['privateExtendedProperty=trip=1&timeMin=2027-03-02T00:00:00Z', ['B']],
      ['privateExtendedProperty=trip=1&timeMax=2027-03-02T00:00:00Z&q=a', ['A']],
      ['privateExtendedProperty=trip=1&orderBy=updated', ['A', 'B']],
      ['privateExtendedProperty=trip=1&singleEvents=true&orderBy=startTime', ['A', 'B']],
    ] as const) {
      expect([query, await found(me, query)]).toEqual([query, expected])
    }
  })

  test('follow each change, and the deletion', async () => {
    const me = newUser()
    const { id } = await create(me, { extendedProperties: own({ a: '1', b: '1' }) })
    const [a1, a2, b1] = ['a=1', 'a=2', 'b=1'].map(text => `privateExtendedProperty=${text}`) as [
      string,
      string,
      string,
    ]
    await me('PATCH', `/${id}`, { body: { extendedProperties: { private: { a: '2' } } } })
    expect([await found(me, a1), await found(me, a2), await found(me, b1)].map(({ length }) => length)).toEqual([
      0, 1, 1,
    ])
    await me('PUT', `/${id}`, { body: draft() })
    expect([await found(me, a2), await found(me, b1)]).toEqual([[], []])
    await me('PATCH', `/${id}`, { body: { extendedProperties: { private: { a: '1' } } } })
    expect(await found(me, a1)).toHaveLength(1)
    await me('DELETE', `/${id}`)
    await create(me, { id })
    expect(await found(me, a1)).toEqual([])
  })

  test('find each event of a series, but not one that was changed to have another', async () => {
    const me = newUser()
    const { id } = await create(me, { extendedProperties: own({ a: '1' }), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] })
    const [, second] = (await me('GET', `/${id}/instances`)).json.items
    await me('PATCH', `/${second.id}`, { body: { summary: 'Other', extendedProperties: own({ a: '2' }) } })
    expect(await found(me, 'singleEvents=true&privateExtendedProperty=a=1')).toEqual(['Breakfast', 'Breakfast'])
    expect(await found(me, 'singleEvents=true&privateExtendedProperty=a=2')).toEqual(['Other'])
    expect(await found(me, 'privateExtendedProperty=a=1')).toEqual(['Breakfast'])
    await me('DELETE', `/${id}`)
    expect(await found(me, 'privateExtendedProperty=a=2')).toEqual([])
  })

  test('a page token belongs to the same properties', async () => {
    const me = newUser()
    for (const day of [1, 2, 3]) await create(me, { extendedProperties: own({ a: '1' }, { a: '1' }) }, day)
    const { nextPageToken } = (await me('GET', '?maxResults=2&privateExtendedProperty=a=1')).json
    for (const [query, status] of [
      ['privateExtendedProperty=a=1', 200],
      ['privateExtendedProperty=a=2', 400],
      ['sharedExtendedProperty=a=1', 400],
      ['maxResults=2', 400],
    ] as const) {
      expect((await me('GET', `?pageToken=${nextPageToken}&${query}`)).status).toBe(status)
    }
  })

  test.each(['privateExtendedProperty', 'sharedExtendedProperty'])('%s without a key or a value: 400', async name => {
    for (const text of ['a', '', '=1']) {
      const { status, json } = await newUser()('GET', `?${name}=${text}`)
      expect([status, json.errors[0].parameter]).toEqual([400, name])
    }
  })

  test('no sync token is given for such a list', async () => {
    expect((await newUser()('GET', '?privateExtendedProperty=a=1')).json).not.toHaveProperty('nextSyncToken')
  })
})

test('q finds the names and addresses of attendees', async () => {
  const me = newUser()
  await create(me, DETAILS)
  for (const [q, count] of [
    ['ROOM-3', 1],
    ['bob', 1],
    ['eve', 0],
  ] as const) {
    expect((await me('GET', `?q=${q}`)).json.items).toHaveLength(count)
  }
})
