import { ADMITTED, EXPOSED, preflight } from '@glasshouse/shared/testing/preflight'
import { startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

test.each([
  ['/calendar/events', 'GET'],
  ['/calendar/events', 'POST'],
  ['/calendar/events/abcdef', 'PUT'],
  ['/calendar/events/abcdef', 'PATCH'],
  ['/calendar/events/abcdef', 'DELETE'],
  ['/mcp', 'POST'],
  ['/.well-known/oauth-protected-resource', 'GET'],
  ['/.well-known/oauth-protected-resource/calendar/events', 'GET'],
  ['/healthz', 'GET'],
  ['/nowhere', 'GET'],
])('%s by %s: pages from any origin may call it, without credentials (CORS)', async (path, method) => {
  const { status, allowed, cors } = await preflight(api.url + path, method, ADMITTED)
  expect(status).toBe(204)
  expect(allowed.methods).toContain(method)
  expect(allowed.headers).toEqual(ADMITTED)
  expect(cors).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': EXPOSED.join(', '),
    'access-control-max-age': '600',
  })
  expect(cors).not.toHaveProperty('access-control-allow-credentials')
})
