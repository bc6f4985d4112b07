/** How many statements each request needs, so that the number cannot creep up. */
import { Recorder } from '../recorder'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

const recorder = new Recorder()
let api: TestCalendarApi
let call: ReturnType<typeof callerOf>
let path: string

beforeAll(async () => {
  api = await startCalendarApi({ plugins: [recorder] })
  call = callerOf(api, api.token(newOwner()))
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
  recorder.take()
  const { status } = await call(method, address === 'event' ? path : address, { body })
  expect(status).toBeLessThan(300)
  expect(recorder.take()).toHaveLength(count)
})

test('a search of everything: two on SQLite, which reads the full-text index first', async () => {
  recorder.take()
  await call('GET', '?q=breakfast')
  expect(recorder.take()).toHaveLength(process.env.GLASSHOUSE_TEST_ENGINE === 'postgres' ? 1 : 2)
})
