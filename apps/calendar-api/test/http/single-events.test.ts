/** Events that repeat: lists of their single events, and single events that are changed or cancelled. */
import { readEvent } from '../../src/calendar/event-input'
import { findAny, removeFound, replaceFound } from '../../src/store/instances'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi({ now: () => Date.UTC(2027, 2, 1) })
})
afterAll(() => api.stop())

type Call = ReturnType<typeof callerOf>
const MARCH = 'singleEvents=true&timeMin=2027-03-01T00:00:00Z&timeMax=2027-04-01T00:00:00Z'

/** A user with an event each Monday at ten in Amsterdam, from 1 March 2027 on. The clocks change on 28 March. */
async function weekly(changes: object = {}): Promise<{ me: Call; id: string; etag: string }> {
  const me = callerOf(api, api.token(newOwner(), { claims: { exp: Math.floor(Date.UTC(2030, 0) / 1000) } }))
  const body = draft({ summary: 'Stand-up', recurrence: ['RRULE:FREQ=WEEKLY'], ...changes })
  const { status, json } = await me('POST', '', { body })
  expect(status).toBe(201)
  return { me, id: json.id, etag: json.etag }
}

async function starts(me: Call, query: string, path = ''): Promise<string[]> {
  const { status, json } = await me('GET', `${path}?${query}`)
  expect([status, json.detail]).toEqual([200, undefined])
  return json.items.map(
    (event: { start: { dateTime?: string; date?: string } }) => event.start.dateTime ?? event.start.date,
  )
}

const MONDAYS = [
  '01T10:00:00+01:00',
  '08T10:00:00+01:00',
  '15T10:00:00+01:00',
  '22T10:00:00+01:00',
  '29T10:00:00+02:00',
].map(time => `2027-03-${time}`)

test('a month contains each event of a series, at the same time of day', async () => {
  const { me, id, etag } = await weekly()
  expect(await starts(me, MARCH)).toEqual(MONDAYS)
  const [, second] = (await me('GET', `?${MARCH}`)).json.items
  expect(second).toEqual({
    id: `${id}_20270308T090000Z`,
    etag,
    status: 'confirmed',
    summary: 'Stand-up',
    start: { dateTime: MONDAYS[1], timeZone: 'Europe/Amsterdam' },
    end: { dateTime: '2027-03-08T11:00:00+01:00', timeZone: 'Europe/Amsterdam' },
    recurringEventId: id,
    originalStartTime: { dateTime: MONDAYS[1], timeZone: 'Europe/Amsterdam' },
    creator: { id: expect.any(String), self: true, clientId: 'tripmate' },
    iCalUID: `${id}@glasshouse.example`,
    sequence: 0,
    eventType: 'default',
    created: second.created,
    updated: second.updated,
  })
  expect((await me('GET', `/${second.id}`)).json).toEqual(second)
})

test('without singleEvents, the series itself is listed', async () => {
  const { me, id } = await weekly()
  const { items } = (await me('GET', '?timeMin=2027-03-10T00:00:00Z&timeMax=2027-03-20T00:00:00Z')).json
  expect(items).toMatchObject([{ id, recurrence: ['RRULE:FREQ=WEEKLY'] }])
})

test('a window shows events that are under way, and none that are over', async () => {
  const { me } = await weekly()
  const during = (from: string, to: string) =>
    starts(me, `singleEvents=true&timeMin=2027-03-${from}Z&timeMax=2027-03-${to}Z`)
  expect(await during('08T09:30:00', '08T09:31:00')).toEqual([MONDAYS[1]])
  expect(await during('08T10:00:00', '15T09:00:00')).toEqual([])
})

test('a list without an end goes two years from timeMin, or from now', async () => {
  const { me } = await weekly()
  const all = await starts(me, 'singleEvents=true&maxResults=2500')
  expect(all).toHaveLength(105)
  expect(all.at(-1)).toMatch(/^2029-02-26/)
  expect((await starts(me, 'singleEvents=true&maxResults=2500&timeMin=2040-01-01T00:00:00Z')).at(-1)).toMatch(
    /^2041-12-30/,
  )
})

test('whole days, and a week of holidays each year', async () => {
  const { me, id } = await weekly({
    start: { date: '2027-12-30' },
    end: { date: '2028-01-03' },
    recurrence: ['RRULE:FREQ=YEARLY'],
  })
  expect(await starts(me, 'singleEvents=true&timeMin=2029-01-01T12:00:00Z&timeMax=2029-01-02T00:00:00Z')).toEqual([
    '2028-12-30',
  ])
  expect((await me('GET', `/${id}_20281230`)).json.end).toEqual({ date: '2029-01-03' })
})

test.each(['startTime', 'updated'])('pages by %s contain each event once, also between other events', async order => {
  const { me } = await weekly({ recurrence: ['RRULE:FREQ=DAILY;COUNT=20'] })
  await me('POST', '', { body: draft({ recurrence: ['RRULE:FREQ=WEEKLY'] }, 3) })
  for (const day of [1, 1, 5, 9, 9, 30]) await me('POST', '', { body: draft({}, day) })
  const whole = (await me('GET', `?${MARCH}&orderBy=${order}`)).json.items.map(({ id }: { id: string }) => id)
  expect(new Set(whole).size).toBe(20 + 5 + 6)
  for (const size of [1, 3, 7, 30, 31]) {
    const found: string[] = []
    let token = ''
    do {
      const { status, json } = await me('GET', `?${MARCH}&orderBy=${order}&maxResults=${size}&pageToken=${token}`)
      expect(status).toBe(200)
      expect(json.items.length).toBeLessThanOrEqual(size)
      found.push(...json.items.map(({ id }: { id: string }) => id))
      token = json.nextPageToken
    } while (token)
    expect(found).toEqual(whole)
  }
})

test('q finds the events of a series by its text', async () => {
  const { me } = await weekly()
  expect(await starts(me, `${MARCH}&q=stand`)).toHaveLength(5)
  expect(await starts(me, `${MARCH}&q=lunch`)).toEqual([])
})

describe('a single event', () => {
  const second = (id: string) => `/${id}_20270308T090000Z`

  test('can be moved; the others stay', async () => {
    const { me, id } = await weekly()
    const body = {
      start: { dateTime: '2027-03-09T14:00:00+01:00' },
      end: { dateTime: '2027-03-09T15:00:00+01:00' },
      summary: 'Late',
    }
    const { status, json } = await me('PATCH', second(id), { body })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      id: second(id).slice(1),
      recurringEventId: id,
      originalStartTime: { dateTime: MONDAYS[1] },
      summary: 'Late',
    })
    expect(await starts(me, MARCH)).toEqual([MONDAYS[0], '2027-03-09T14:00:00+01:00', ...MONDAYS.slice(2)])
    expect((await me('GET', second(id))).json).toEqual(json)
    // The series and its changed event, as Google lists them.
    expect((await me('GET')).json.items.map((item: { id: string }) => item.id)).toEqual([id, json.id])
  })

  test('can be replaced and changed again, each time under the same conditions as any event', async () => {
    const { me, id, etag } = await weekly()
    const put = (tag: string, summary: string) =>
      me('PUT', second(id), { body: draft({ summary }, 8), headers: { 'If-Match': tag } })
    expect((await put('"other"', 'A')).status).toBe(412)
    const first = await put(etag, 'B')
    expect(first.status).toBe(200)
    expect((await put(etag, 'C')).status).toBe(412)
    expect((await put(first.json.etag, 'D')).json.summary).toBe('D')
  })

  test('can be cancelled: it is gone from lists of single events, unless showDeleted', async () => {
    const { me, id } = await weekly()
    expect((await me('DELETE', second(id))).status).toBe(204)
    expect(await starts(me, MARCH)).toEqual(MONDAYS.filter(time => time !== MONDAYS[1]))
    const shown = (await me('GET', `?${MARCH}&showDeleted=true`)).json.items
    expect(shown.map((event: { status: string }) => event.status)).toEqual([
      'confirmed',
      'cancelled',
      ...Array(3).fill('confirmed'),
    ])
    expect(shown[1]).toMatchObject({ recurringEventId: id, originalStartTime: { dateTime: MONDAYS[1] } })
    // Google: without singleEvents, cancelled events of a series are always listed.
    expect((await me('GET')).json.items.map((event: { status: string }) => event.status)).toEqual([
      'confirmed',
      'cancelled',
    ])
  })

  test('that the series does not have is 404', async () => {
    const { me, id } = await weekly({ recurrence: ['RRULE:FREQ=WEEKLY', 'EXDATE:20270308T090000Z'] })
    for (const name of [
      '20270308T090000Z',
      '20270309T090000Z',
      '20270301T090001Z',
      '20270301',
      '20270230T090000Z',
      '20260222T090000Z',
    ]) {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const { status } = await me(method, `/${id}_${name}`, method === 'PATCH' ? { body: {} } : {})
        expect([name, method, status]).toEqual([name, method, 404])
      }
    }
  })

  test('cannot repeat itself, and its id is not for new events', async () => {
    const { me, id } = await weekly()
    expect((await me('PATCH', second(id), { body: { recurrence: ['RRULE:FREQ=DAILY'] } })).json.errors[0].pointer).toBe(
      '#/recurrence',
    )
    expect((await me('POST', '', { body: draft({ id: second(id).slice(1) }) })).json.errors[0].pointer).toBe('#/id')
  })

  test('of simultaneous changes with the tag of the series, one succeeds', async () => {
    const { me, id, etag } = await weekly()
    const change = (summary: string) => me('PATCH', second(id), { body: { summary }, headers: { 'If-Match': etag } })
    const statuses = (await Promise.all(['A', 'B', 'C', 'D', 'E', 'F'].map(change))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 412, 412, 412, 412, 412])
  })

  test('of simultaneous changes without a condition, all succeed, and none is lost', async () => {
    const { me, id } = await weekly()
    await Promise.all([
      me('PATCH', second(id), { body: { summary: 'New' } }),
      me('PATCH', second(id), { body: { location: 'Room 3' } }),
      me('PATCH', second(id), { body: { description: 'Bring notes' } }),
    ])
    expect((await me('GET', second(id))).json).toMatchObject({
      summary: 'New',
      location: 'Room 3',
      description: 'Bring notes',
    })
  })
})

describe('a change of the series', () => {
  async function withMoved() {
    const { me, id } = await weekly()
    await me('PATCH', `/${id}_20270308T090000Z`, {
      body: { summary: 'Moved', start: { dateTime: '2027-03-08T08:00:00+01:00' } },
    })
    return { me, id }
  }
  const summaries = async (me: Call) =>
    (await me('GET', `?${MARCH}`)).json.items.map((event: { summary: string }) => event.summary)

  test('of its text keeps changed events as they are', async () => {
    const { me, id } = await withMoved()
    await me('PATCH', `/${id}`, { body: { summary: 'Meeting' } })
    expect(await summaries(me)).toEqual(['Meeting', 'Moved', 'Meeting', 'Meeting', 'Meeting'])
  })

  test('of its rule keeps those that are still due, and ends the others', async () => {
    const { me, id } = await withMoved()
    await me('PATCH', `/${id}`, { body: { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'] } })
    expect(await summaries(me)).toEqual(['Stand-up', 'Moved'])
    await me('PATCH', `/${id}`, { body: { recurrence: ['RRULE:FREQ=WEEKLY;INTERVAL=2'] } })
    expect(await summaries(me)).toEqual(['Stand-up', 'Stand-up', 'Stand-up'])
  })

  test('this and following: the old series ends, and a new one begins', async () => {
    const { me, id } = await weekly()
    await me('PATCH', `/${id}`, { body: { recurrence: ['RRULE:FREQ=WEEKLY;UNTIL=20270314T225959Z'] } })
    await me('POST', '', { body: draft({ summary: 'Later', recurrence: ['RRULE:FREQ=WEEKLY'] }, 15) })
    expect(await summaries(me)).toEqual(['Stand-up', 'Stand-up', 'Later', 'Later', 'Later'])
  })

  test('deletion deletes all', async () => {
    const { me, id } = await withMoved()
    expect((await me('DELETE', `/${id}`)).status).toBe(204)
    expect(await summaries(me)).toEqual([])
    expect((await me('GET', `/${id}_20270308T090000Z`)).status).toBe(404)
  })
})

describe('instances', () => {
  test('lists the events of one series', async () => {
    const { me, id } = await weekly({ recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] })
    await me('POST', '', { body: draft({}, 2) })
    await me('DELETE', `/${id}_20270308T090000Z`)
    const path = `/${id}/instances`
    expect(await starts(me, '', path)).toEqual([MONDAYS[0], MONDAYS[2], MONDAYS[3]])
    expect(await starts(me, 'showDeleted=true', path)).toEqual(MONDAYS.slice(0, 4))
    expect(await starts(me, 'timeMin=2027-03-10T00:00:00Z&timeMax=2027-03-20T00:00:00Z', path)).toEqual([MONDAYS[2]])
    const { json } = await me('GET', `${path}?maxResults=2`)
    expect(await starts(me, `maxResults=2&pageToken=${json.nextPageToken}`, path)).toEqual([MONDAYS[3]])
    expect((await me('GET', `?singleEvents=true&maxResults=2&pageToken=${json.nextPageToken}`)).status).toBe(400)
  })

  test('of an event that does not repeat: 400; of none: 404; only for reading', async () => {
    const { me } = await weekly()
    const { id } = (await me('POST', '', { body: draft() })).json
    expect((await me('GET', `/${id}/instances`)).status).toBe(400)
    expect((await me('GET', '/abcdefgh/instances')).status).toBe(404)
    expect((await me('POST', `/${id}/instances`, { body: {} })).headers.get('allow')).toBe('GET, HEAD')
  })
})

test('a single event is not written for a series that has changed since it was read', async () => {
  const { me, id } = await weekly()
  const { db } = api.context
  const { calendar } = await db.selectFrom('events').select('calendar').where('id', '=', id).executeTakeFirstOrThrow()
  const found = await findAny(db, calendar, `${id}_20270308T090000Z`)
  await me('PATCH', `/${id}`, { body: { summary: 'Changed' } })
  if (!found) throw new Error('the series has no such event')
  expect(await replaceFound(db, calendar, found, readEvent(draft({}, 8)), 1)).toBeUndefined()
  expect(await removeFound(db, calendar, found, 1)).toBe(false)
})
