/** How many statements each request needs, so that the number cannot creep up. */
import { queriesOf } from '../queries'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

const owner = newOwner()
let api: TestCalendarApi
let call: ReturnType<typeof callerOf>
let path: string

beforeAll(async () => {
  api = await startCalendarApi()
  call = callerOf(api, api.token(owner))
  path = `/${(await call('POST', '', { body: draft() })).json.id}`
})
afterAll(() => api.stop())

const MONTH = 'timeMin=2027-03-01T00:00:00Z&timeMax=2027-04-01T00:00:00Z'

test.each([
  ['a list', 'GET', '', undefined, 2],
  ['a month', 'GET', `?${MONTH}`, undefined, 1],
  ['a month of single events, without a series', 'GET', `?singleEvents=true&${MONTH}`, undefined, 2],
  ['the last changes', 'GET', '?orderBy=updated', undefined, 1],
  ['a search within a month', 'GET', `?q=breakfast&${MONTH}`, undefined, 1],
  ['create', 'POST', '', draft(), 2],
  ['read', 'GET', 'event', undefined, 1],
  ['replace', 'PUT', 'event', draft(), 3],
  ['patch', 'PATCH', 'event', { summary: 'Brunch' }, 3],
  ['delete', 'DELETE', 'event', undefined, 4],
])('%s', async (_name, method, address, body, count) => {
  const queries = await queriesOf(async () => {
    const { status } = await call(method, address === 'event' ? path : address, { body })
    expect(status).toBeLessThan(300)
  })
  expect(queries).toHaveLength(count)
})

test.each([
  ['a list', 'GET', '/calendars/primary/events', undefined, 4],
  ['a month', 'GET', `/calendars/primary/events?${MONTH}`, undefined, 3],
  ['create', 'POST', '/calendars/primary/events', draft(), 3],
  ['read', 'GET', '/calendars/primary/events/ID', undefined, 2],
  ['the list of calendars', 'GET', '/users/me/calendarList', undefined, 1],
  ['change a calendar', 'PATCH', '/calendars/primary', { summary: 'Mine' }, 2],
])('at Google’s addresses, which read the calendar first: %s', async (_name, method, address, body, count) => {
  const google = callerOf(api, api.token(newOwner()), '/calendar/v3') // who has not read a list before
  const googlePath = `/${(await google('POST', '/calendars/primary/events', { body: draft() })).json.id}`
  const queries = await queriesOf(async () => {
    const { status } = await google(method, address.replace('/ID', googlePath), { body })
    expect(status).toBeLessThan(300)
  })
  expect(queries).toHaveLength(count)
})

test('a month that was read twice before is read without the columns of its events, until one of them has changed', async () => {
  const me = callerOf(api, api.token(newOwner()))
  const { id } = (await me('POST', '', { body: draft() })).json
  const read = () => queriesOf(() => me('GET', `?${MONTH}`))
  for (let time = 1; time <= 2; time++) expect(await read()).toHaveLength(1)
  const again = await read()
  expect(again).toHaveLength(1)
  expect(again[0]?.sql).not.toContain('summary')
  await me('PATCH', `/${id}`, { body: { summary: 'Brunch' } })
  expect(await read()).toHaveLength(2)
})

test('a search of everything: two on SQLite, which reads the full-text index first', async () => {
  expect(await queriesOf(() => call('GET', '?q=breakfast'))).toHaveLength(
    process.env.GLASSHOUSE_TEST_ENGINE === 'postgres' ? 1 : 2,
  )
})
