import { NAVIGATION, nameOf, sendAs } from '@glasshouse/shared/testing/send-as'
import { startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

test.each([
  ['GET', '/'],
  ['GET', '/calendar/events'],
  ['POST', '/calendar/events'],
  ['OPTIONS', '/calendar/events'],
  ['GET', '/.well-known/oauth-protected-resource'],
  ['GET', '/healthz'],
  ['GET', '/nowhere'],
])('an unknown Host gets 421 for %s %s, as a problem (RFC 9457)', async (method, target) => {
  const { status, headers, body } = await sendAs(api, { method, host: 'evil.example:4002', target })
  expect(status).toBe(421)
  expect(headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(headers['access-control-allow-origin']).toBeUndefined()
  expect(JSON.parse(body)).toMatchObject({ status: 421, title: 'Misdirected Request' })
})

test('the page redirects to the API’s own origin if it is opened by another name of this machine', async () => {
  const host = nameOf(api, 'localhost')
  const { status, headers } = await sendAs(api, { host, headers: NAVIGATION })
  expect([status, headers.location]).toEqual([302, `${api.url}/`])
})

test.each([
  ['/calendar/events', 401],
  ['/.well-known/oauth-protected-resource', 200],
  ['/healthz', 200],
  ['/nowhere', 404],
])('%s is answered without a redirect', async (target, status) => {
  const host = nameOf(api, 'localhost')
  expect((await sendAs(api, { host, target, headers: NAVIGATION })).status).toBe(status)
})
