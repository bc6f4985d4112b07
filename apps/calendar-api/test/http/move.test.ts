/** Moving an event from one calendar to another. */
import { reasonOf, withSecondCalendar } from '../google'
import { draft, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

describe('move', () => {
  test('the event takes its creator and its extended properties with it', async () => {
    const { me, id } = await withSecondCalendar(api)
    const extendedProperties = { private: { tripId: '42' } }
    const made = (await me('POST', '/calendars/primary/events', { body: draft({ extendedProperties }) })).json
    const found = async (calendar: string) =>
      (await me('GET', `/calendars/${calendar}/events?privateExtendedProperty=tripId=42`)).json.items.length
    expect([await found('primary'), await found(id)]).toEqual([1, 0])
    const moved = (await me('POST', `/calendars/primary/events/${made.id}/move?destination=${id}`)).json
    expect([moved.creator, moved.extendedProperties]).toEqual([made.creator, extendedProperties])
    expect([await found('primary'), await found(id)]).toEqual([0, 1])
    await me('POST', '/calendars/primary/events', { body: draft({ id: made.id }) })
    expect(await found('primary')).toBe(0)
  })

  test('takes an event to another calendar, and a sync of each says so', async () => {
    const { me, id } = await withSecondCalendar(api)
    const event = (await me('POST', '/calendars/primary/events', { body: draft() })).json
    const syncOf = async (calendar: string) => (await me('GET', `/calendars/${calendar}/events`)).json.nextSyncToken
    const tokens = { primary: await syncOf('primary'), second: await syncOf(id) }
    const { status, json } = await me('POST', `/calendars/primary/events/${event.id}/move?destination=${id}`)
    expect([status, json]).toEqual([200, { ...event, etag: json.etag, updated: json.updated }])
    expect(json.etag).not.toBe(event.etag)
    expect((await me('GET', `/calendars/primary/events/${event.id}`)).status).toBe(404)
    expect((await me('GET', `/calendars/${id}/events/${event.id}`)).json).toEqual(json)
    const left = (await me('GET', `/calendars/primary/events?syncToken=${tokens.primary}`)).json
    expect(left.items).toEqual([{ kind: 'calendar#event', id: event.id, status: 'cancelled' }])
    expect((await me('GET', `/calendars/${id}/events?syncToken=${tokens.second}`)).json.items).toEqual([json])
    // And back again: it is there, and no longer deleted.
    await me('POST', `/calendars/${id}/events/${event.id}/move?destination=primary`)
    const back = (await me('GET', `/calendars/primary/events?syncToken=${left.nextSyncToken}`)).json
    expect(back.items).toMatchObject([{ id: event.id, status: 'confirmed' }])
  })

  test('takes a series with its changed events', async () => {
    const { me, id } = await withSecondCalendar(api)
    const body = draft({ recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] })
    const series = (await me('POST', '/calendars/primary/events', { body })).json
    const single = `${series.id}_20270302T090000Z`
    await me('PATCH', `/calendars/primary/events/${single}`, { body: { summary: 'Brunch' } })
    const refused = await me('POST', `/calendars/primary/events/${single}/move?destination=${id}`)
    expect([refused.status, refused.json.error.message]).toEqual([
      400,
      'A single event of a series cannot be moved. Move the series.',
    ])
    await me('POST', `/calendars/primary/events/${series.id}/move?destination=${id}`)
    const titles = (await me('GET', `/calendars/${id}/events?singleEvents=true&orderBy=startTime`)).json.items
    expect(titles.map((event: { summary: string }) => event.summary)).toEqual(['Breakfast', 'Brunch', 'Breakfast'])
    expect((await me('GET', '/calendars/primary/events?singleEvents=true')).json.items).toEqual([])
  })

  test('is refused where there is nothing to do, or the id is taken', async () => {
    const { me, id } = await withSecondCalendar(api)
    const event = (await me('POST', '/calendars/primary/events', { body: draft() })).json
    const path = `/calendars/primary/events/${event.id}/move`
    expect((await me('POST', path)).json.error.errors[0].location).toBe('destination')
    expect((await me('POST', `${path}?destination=primary`)).status).toBe(400)
    expect((await me('POST', `${path}?destination=nowhere`)).status).toBe(404)
    expect((await me('POST', `${path}?destination=${id}`, { headers: { 'If-Match': '"old"' } })).status).toBe(412)
    expect((await me('POST', `/calendars/primary/events/nothing1/move?destination=${id}`)).status).toBe(404)
    await me('POST', `/calendars/${id}/events`, { body: { ...draft(), id: event.id } })
    const taken = await me('POST', `${path}?destination=${id}`)
    expect([taken.status, reasonOf(taken)]).toEqual([409, 'duplicate'])
    expect((await me('GET', path)).status).toBe(405)
  })

  test('in both directions at once ends', async () => {
    const { me, id } = await withSecondCalendar(api)
    const create = async (calendar: string) =>
      (await me('POST', `/calendars/${calendar}/events`, { body: draft() })).json.id
    const [there, back] = [
      await Promise.all([1, 2, 3, 4].map(() => create('primary'))),
      await Promise.all([1, 2, 3, 4].map(() => create(id))),
    ]
    const answers = await Promise.all([
      ...there.map(event => me('POST', `/calendars/primary/events/${event}/move?destination=${id}`)),
      ...back.map(event => me('POST', `/calendars/${id}/events/${event}/move?destination=primary`)),
    ])
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
  })
})
