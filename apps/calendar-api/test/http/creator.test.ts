/** Which app made an event, how often it was rescheduled, and what it is called in iCalendar files. */
import { seed } from '../../src/seed'
import { agentOf } from '../agent'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const SERIES = { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] }

describe('creator', () => {
  test('is the app that created the event, whichever changes it', async () => {
    const owner = newOwner()
    const [tripmate, other] = ['tripmate', 'other-app'].map(id =>
      callerOf(api, api.token(owner, { claims: { client_id: id } })),
    ) as [ReturnType<typeof callerOf>, ReturnType<typeof callerOf>]
    const creator = { id: owner, self: true, clientId: 'other-app' }
    const made = (await other('POST', '', { body: draft({ creator: { id: 'usr_1', clientId: 'forged' } }) })).json
    expect(made.creator).toEqual(creator)
    for (const [method, body] of [
      ['PATCH', { creator: null }],
      ['PATCH', { creator: { clientId: 'forged' } }],
      ['PUT', draft()],
    ] as const) {
      expect((await tripmate(method, `/${made.id}`, { body })).json.creator).toEqual(creator)
    }
    expect((await tripmate('GET')).json.items[0].creator).toEqual(creator)
  })

  test('of a single event is that of its series, even if another app changed it', async () => {
    const owner = newOwner()
    const me = callerOf(api, api.token(owner))
    const other = callerOf(api, api.token(owner, { claims: { client_id: 'other-app' } }))
    const { id, creator } = (await me('POST', '', { body: draft(SERIES) })).json
    const [first] = (await other('GET', `/${id}/instances`)).json.items
    expect(first.creator).toEqual(creator)
    expect((await other('PATCH', `/${first.id}`, { body: { summary: 'Changed' } })).json.creator).toEqual(creator)
  })

  test('is the agent that created the event by a tool', async () => {
    const owner = newOwner()
    const agent = agentOf(api, api.token(owner, { claims: { client_id: 'an-agent' } }))
    const { id } = (await agent('create_event', draft())).structured.event
    const { creator } = (await callerOf(api, api.token(owner))('GET', `/${id}`)).json
    expect(creator).toEqual({ id: owner, self: true, clientId: 'an-agent' })
  })

  test('of the demo’s events is the user alone', async () => {
    await seed(api.context.db, Date.now)
    const { items } = (await callerOf(api, api.token('usr_2f8c1a'))('GET')).json
    expect(items.length).toBeGreaterThan(10)
    expect(items.filter(({ creator }: { creator: object }) => JSON.stringify(creator) !== SEEDED)).toEqual([])
  })
  const SEEDED = JSON.stringify({ id: 'usr_2f8c1a', self: true })
})

describe('sequence', () => {
  test.each([
    [{ summary: 'Brunch', colorId: '3' }, 0],
    [{ end: { dateTime: '2027-03-01T11:30:00+01:00' } }, 1],
    [{ start: { dateTime: '2027-03-01T10:00:00+01:00' } }, 0],
    [{ recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] }, 1],
    [{ status: 'tentative' }, 1],
    [{ sequence: 9 }, 0],
  ])('after %j: %d more', async (body, more) => {
    const me = callerOf(api, api.token(newOwner()))
    const { id } = (await me('POST', '', { body: draft() })).json
    await me('PATCH', `/${id}`, { body: { location: 'Kitchen', status: 'cancelled' } })
    await me('PATCH', `/${id}`, { body: { status: 'confirmed' } })
    expect((await me('PATCH', `/${id}`, { body })).json.sequence).toBe(2 + more)
    expect((await me('GET', `/${id}`)).json.sequence).toBe(2 + more)
  })

  test('of a single event begins with that of its series', async () => {
    const me = callerOf(api, api.token(newOwner()))
    const { id } = (await me('POST', '', { body: draft(SERIES) })).json
    await me('PATCH', `/${id}`, { body: { status: 'tentative' } })
    const [first] = (await me('GET', `/${id}/instances`)).json.items
    expect(first.sequence).toBe(1)
    await me('DELETE', `/${first.id}`)
    expect((await me('GET', `/${first.id}`)).json.sequence).toBe(2)
  })
})

describe('iCalUID', () => {
  test('is that of the series for all its events, and finds them', async () => {
    const me = callerOf(api, api.token(newOwner()))
    const { iCalUID } = (await me('POST', '', { body: draft() })).json
    const series = (await me('POST', '', { body: draft(SERIES) })).json
    const [first] = (await me('GET', `/${series.id}/instances`)).json.items
    expect(first.iCalUID).toBe(series.iCalUID)
    await me('PATCH', `/${first.id}`, { body: { summary: 'Changed' } })
    for (const [query, count] of [
      [`iCalUID=${iCalUID}`, 1],
      [`iCalUID=${iCalUID}&timeMin=2027-04-01T00:00:00Z`, 0],
      [`iCalUID=${series.iCalUID}`, 2],
      [`iCalUID=${series.iCalUID}&singleEvents=true`, 3],
      [`iCalUID=${series.id}@google.com`, 0],
      ['iCalUID=', 0],
      ['iCalUID=%00@glasshouse.example', 0],
    ] as const) {
      const { status, json } = await me('GET', `?${query}`)
      expect([query, status, json.items.length]).toEqual([query, 200, count])
      expect(json).not.toHaveProperty('nextSyncToken')
    }
  })
})
