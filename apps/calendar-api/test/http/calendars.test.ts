/** Several calendars for each user, at Google's addresses. */
import { BATCH } from '@glasshouse/shared/sweep'
import { readEvent } from '../../src/calendar/event-input'
import * as calendars from '../../src/store/calendars'
import { inOneChange } from '../../src/store/changes'
import * as events from '../../src/store/events'
import { runUpkeep } from '../../src/upkeep'
import { googleOf, reasonOf, withSecondCalendar } from '../google'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

test('a new user has a primary calendar, whose id is the user’s', async () => {
  const owner = newOwner()
  const { json } = await googleOf(api, owner)('GET', '/calendars/primary')
  expect(json).toMatchObject({ kind: 'calendar#calendar', id: owner, summary: 'My calendar', timeZone: 'UTC' })
  expect((await googleOf(api, owner)('GET', `/calendars/${owner}`)).json).toEqual(json)
  const { items } = (await googleOf(api, owner)('GET', '/users/me/calendarList')).json
  expect(items).toEqual([expect.objectContaining({ id: owner, primary: true, accessRole: 'owner', selected: true })])
})

test('the primary calendar holds the events at /calendar/events, and the reverse', async () => {
  const owner = newOwner()
  const own = callerOf(api, api.token(owner))
  const { id } = (await own('POST', '', { body: draft() })).json
  expect((await googleOf(api, owner)('GET', `/calendars/primary/events/${id}`)).json).toMatchObject({
    id,
    summary: 'Breakfast',
  })
  await googleOf(api, owner)('PATCH', `/calendars/${owner}/events/${id}`, { body: { summary: 'Brunch' } })
  expect((await own('GET', `/${id}`)).json.summary).toBe('Brunch')
})

test('each calendar has its own events, even with the same id', async () => {
  const { owner, me, id } = await withSecondCalendar(api)
  const body = { ...draft(), id: 'sameid1' }
  expect((await me('POST', '/calendars/primary/events', { body })).status).toBe(200)
  expect((await me('POST', `/calendars/${id}/events`, { body: { ...body, summary: 'Digging' } })).status).toBe(200)
  const titles = async (calendar: string) =>
    (await me('GET', `/calendars/${calendar}/events`)).json.items.map((event: { summary: string }) => event.summary)
  expect([await titles('primary'), await titles(id)]).toEqual([['Breakfast'], ['Digging']])
  expect((await callerOf(api, api.token(owner))('GET', '')).json.items).toHaveLength(1)
})

test('a page token and a sync token of one calendar are refused for another', async () => {
  const { me, id } = await withSecondCalendar(api)
  for (const day of [1, 2]) await me('POST', `/calendars/${id}/events`, { body: draft({}, day) })
  const page = (await me('GET', `/calendars/${id}/events?maxResults=1`)).json
  const { status } = await me('GET', `/calendars/primary/events?maxResults=1&pageToken=${page.nextPageToken}`)
  expect(status).toBe(400)
  const { nextSyncToken } = (await me('GET', `/calendars/${id}/events`)).json
  const refused = await me('GET', `/calendars/primary/events?syncToken=${nextSyncToken}`)
  expect([refused.status, reasonOf(refused)]).toEqual([410, 'fullSyncRequired'])
})

describe('another user’s calendar is not found', () => {
  test.each([
    ['GET', '/calendars/ID', undefined],
    ['PATCH', '/calendars/ID', { summary: 'Mine' }],
    ['DELETE', '/calendars/ID', undefined],
    ['POST', '/calendars/ID/clear', undefined],
    ['GET', '/users/me/calendarList/ID', undefined],
    ['PATCH', '/users/me/calendarList/ID', { hidden: true }],
    ['DELETE', '/users/me/calendarList/ID', undefined],
    ['POST', '/users/me/calendarList', { id: 'ID' }],
    ['GET', '/calendars/ID/events', undefined],
    ['POST', '/calendars/ID/events', draft()],
    ['GET', '/calendars/ID/events/EVENT', undefined],
    ['PUT', '/calendars/ID/events/EVENT', draft()],
    ['DELETE', '/calendars/ID/events/EVENT', undefined],
    ['GET', '/calendars/ID/events/EVENT/instances', undefined],
    ['POST', '/calendars/ID/events/EVENT/move?destination=primary', undefined],
  ])('whatever is asked: %s %s', async (method, path, body) => {
    const { me, id, owner } = await withSecondCalendar(api)
    const event = (await me('POST', `/calendars/${id}/events`, { body: draft() })).json
    const stranger = googleOf(api)
    for (const calendar of [id, owner]) {
      const at = (text: string) => text.replace('ID', calendar).replace('EVENT', event.id)
      const sent = body && JSON.parse(at(JSON.stringify(body)))
      const answer = await stranger(method, at(path), { body: sent })
      expect([answer.status, reasonOf(answer)]).toEqual([404, 'notFound'])
    }
    expect((await me('GET', `/calendars/${id}/events/${event.id}`)).json).toEqual(event)
  })

  test('nor can an event be moved into it', async () => {
    const { me, id } = await withSecondCalendar(api)
    const stranger = googleOf(api)
    const event = (await stranger('POST', '/calendars/primary/events', { body: draft() })).json
    expect((await stranger('POST', `/calendars/primary/events/${event.id}/move?destination=${id}`)).status).toBe(404)
    expect((await me('GET', `/calendars/${id}/events`)).json.items).toEqual([])
  })
})

describe('a calendar', () => {
  test('is changed, replaced and read, with a new tag each time', async () => {
    const { me, id, etag } = await withSecondCalendar(api)
    const patched = await me('PATCH', `/calendars/${id}`, {
      body: { description: 'Plot 7', summary: null, timeZone: null },
    })
    expect([patched.status, patched.json.error?.message]).toEqual([400, 'summary is missing.'])
    const { json, headers } = await me('PATCH', `/calendars/${id}`, { body: { description: 'Plot 7' } })
    expect(json).toMatchObject({ id, summary: 'Allotment', description: 'Plot 7', timeZone: 'Europe/London' })
    expect(headers.get('etag')).toBe(json.etag)
    expect(json.etag).not.toBe(etag)
    const replaced = (await me('PUT', `/calendars/${id}`, { body: { summary: 'Garden' } })).json
    expect(replaced).toEqual({ kind: 'calendar#calendar', id, etag: replaced.etag, summary: 'Garden', timeZone: 'UTC' })
    expect((await me('GET', `/calendars/${id}`)).json).toEqual(replaced)
  })

  test('that is primary can be changed too, also before it has any event', async () => {
    const owner = newOwner()
    const { json } = await googleOf(api, owner)('PATCH', '/calendars/primary', { body: { summary: 'Alice' } })
    expect(json).toMatchObject({ id: owner, summary: 'Alice' })
    await callerOf(api, api.token(owner))('POST', '', { body: draft() })
    expect((await googleOf(api, owner)('GET', '/calendars/primary/events')).json).toMatchObject({
      kind: 'calendar#events',
      summary: 'Alice',
      timeZone: 'UTC',
      accessRole: 'owner',
      defaultReminders: [],
    })
  })

  test('is not changed for a client that has an old version (RFC 9110 §13.1.1)', async () => {
    const { me, id, etag } = await withSecondCalendar(api)
    const headers = { 'If-Match': etag }
    expect((await me('PATCH', `/calendars/${id}`, { body: { summary: 'First' }, headers })).status).toBe(200)
    const second = await me('PATCH', `/calendars/${id}`, { body: { summary: 'Second' }, headers })
    expect([second.status, reasonOf(second)]).toEqual([412, 'conditionNotMet'])
    expect((await me('DELETE', `/calendars/${id}`, { headers })).status).toBe(412)
    const now = await me('GET', `/calendars/${id}`)
    expect(now.json.summary).toBe('First')
    expect((await me('GET', `/calendars/${id}`, { headers: { 'If-None-Match': now.json.etag } })).status).toBe(304)
    expect((await me('GET', `/calendars/${id}`, { headers })).status).toBe(412)
  })

  test('of two changes of the same version at once, one succeeds', async () => {
    const { me, id, etag } = await withSecondCalendar(api)
    const headers = { 'If-Match': etag }
    const answers = await Promise.all(
      ['A', 'B', 'C', 'D'].map(summary => me('PATCH', `/calendars/${id}`, { body: { summary }, headers })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
  })

  test('is deleted with its events, and no other', async () => {
    const { me, id } = await withSecondCalendar(api)
    await me('POST', `/calendars/${id}/events`, { body: draft() })
    await me('POST', '/calendars/primary/events', { body: draft() })
    expect((await me('DELETE', `/calendars/${id}`)).status).toBe(204)
    expect((await me('GET', `/calendars/${id}/events`)).status).toBe(404)
    expect((await me('POST', `/calendars/${id}/events`, { body: draft() })).status).toBe(404)
    expect((await me('DELETE', `/calendars/${id}`)).status).toBe(404)
    expect((await me('GET', '/users/me/calendarList')).json.items).toHaveLength(1)
    expect((await me('GET', '/calendars/primary/events')).json.items).toHaveLength(1)
    await runUpkeep(api.context)
    const { db } = api.context
    expect(await db.selectFrom('events').select('id').where('calendar', '=', id).execute()).toEqual([])
    expect((await me('GET', '/calendars/primary/events')).json.items).toHaveLength(1)
  })

  test('is not written for a client whose version another request has replaced since it was read', async () => {
    const { owner, id } = await withSecondCalendar(api)
    const { db } = api.context
    const read = await calendars.find(db, owner, id)
    if (!read) throw new Error('there is no such calendar')
    const changed = { about: { ...read.about, summary: 'Changed' }, entry: read.entry }
    expect(await calendars.replace(db, read, changed, 1)).toMatchObject(changed)
    expect(await calendars.replace(db, read, changed, 2)).toBeUndefined()
    expect(await calendars.remove(db, read, 2)).toBe(false)
  })

  test('that was deleted since it was read gets no events', async () => {
    const { me, id } = await withSecondCalendar(api)
    await me('DELETE', `/calendars/${id}`)
    await expect(inOneChange(api.context.db, id, async () => 'written')).rejects.toMatchObject({ status: 404 })
  })

  test('that is deleted while events are added leaves none behind', async () => {
    const { me, id } = await withSecondCalendar(api)
    const answers = await Promise.all([
      ...[1, 2, 3, 4].map(day => me('POST', `/calendars/${id}/events`, { body: draft({}, day) })),
      me('DELETE', `/calendars/${id}`),
      ...[5, 6, 7, 8].map(day => me('POST', `/calendars/${id}/events`, { body: draft({}, day) })),
    ])
    expect(answers.filter(({ status }) => ![200, 204, 404].includes(status))).toEqual([])
    await runUpkeep(api.context)
    const { db } = api.context
    expect(await db.selectFrom('events').select('id').where('calendar', '=', id).execute()).toEqual([])
  })

  test('that is primary cannot be deleted, but cleared; a sync then says what is gone', async () => {
    const { me, id } = await withSecondCalendar(api)
    const event = (await me('POST', '/calendars/primary/events', { body: draft() })).json
    const { nextSyncToken } = (await me('GET', '/calendars/primary/events')).json
    const refused = await me('DELETE', '/calendars/primary')
    expect([refused.status, reasonOf(refused)]).toEqual([403, 'cannotDeletePrimaryCalendar'])
    expect((await me('POST', `/calendars/${id}/clear`)).status).toBe(400)
    expect((await me('POST', '/calendars/primary/clear')).status).toBe(204)
    const { items } = (await me('GET', `/calendars/primary/events?syncToken=${nextSyncToken}`)).json
    expect(items).toEqual([{ kind: 'calendar#event', id: event.id, status: 'cancelled' }])
    expect((await me('GET', '/calendars/primary/events')).json.items).toEqual([])
  })

  test('with many events is cleared, and forgotten, as a whole', async () => {
    const { owner, me, id } = await withSecondCalendar(api)
    const { db } = api.context
    const many = 2 * BATCH + 1
    const fill = async (calendar: string) => {
      for (let n = 0; n < many; n++) {
        await events.add(db, calendar, events.createEventId(), readEvent(draft()), 0)
      }
    }
    await fill(owner)
    await fill(id)
    const { nextSyncToken } = (await me('GET', '/calendars/primary/events?maxResults=2500')).json
    expect((await me('POST', '/calendars/primary/clear')).status).toBe(204)
    const sync = await me('GET', `/calendars/primary/events?maxResults=2500&syncToken=${nextSyncToken}`)
    expect(sync.json.items).toHaveLength(many)
    const left = async () =>
      (await db.selectFrom('events').select('id').where('calendar', 'in', [owner, id]).execute()).length
    expect(await left()).toBe(many)
    await me('DELETE', `/calendars/${id}`)
    await runUpkeep(api.context)
    expect(await left()).toBe(0)
  })

  test.each([
    [{}, 'summary is missing.'],
    [{ summary: ' ' }, 'summary must not be empty.'],
    [{ summary: 'a'.repeat(255) }, 'summary must not be longer than 254 characters.'],
    [{ summary: 'a\0' }, 'summary contains a character that cannot be stored.'],
    [{ summary: '\ud800' }, 'summary contains a character that cannot be stored.'],
    [{ summary: 7 }, 'summary must be text.'],
    [{ summary: 'A', timeZone: 'Mars/Base' }, 'timeZone must be an IANA time zone name such as Europe/Amsterdam.'],
    [{ summary: 'A', location: 'a'.repeat(1025) }, 'location must not be longer than 1024 characters.'],
    [[], 'The body must be a JSON object.'],
  ])('cannot be %j', async (body, message) => {
    const { status, json } = await googleOf(api)('POST', '/calendars', { body })
    expect([status, json.error.message]).toEqual([400, message])
  })

  test.each(['%00', '%F0%9F%8D%B5', 'a'.repeat(300), '__proto__', '..%2F..'])('is not found as “%s”', async id => {
    expect((await googleOf(api)('GET', `/calendars/${id}`)).status).toBe(404)
    expect((await googleOf(api)('GET', `/calendars/${id}/events`)).status).toBe(404)
  })
})

test('a user has at most 100 calendars, also when several are created at once', async () => {
  const me = googleOf(api)
  const create = () => me('POST', '/calendars', { body: { summary: 'One more' } })
  for (let n = 0; n < 96; n++) await create()
  const answers = await Promise.all(Array.from({ length: 6 }, create))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 403, 403, 403])
  expect(reasonOf(await create())).toBe('quotaExceeded')
  expect((await me('GET', '/users/me/calendarList')).json.items).toHaveLength(100)
})

test('the colours that calendars and events can have', async () => {
  const { json } = await googleOf(api)('GET', '/colors')
  expect(json.kind).toBe('calendar#colors')
  expect([Object.keys(json.calendar).length, Object.keys(json.event).length]).toEqual([24, 11])
})
