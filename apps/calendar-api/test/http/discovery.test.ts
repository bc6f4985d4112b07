import { alice, bob } from '@glasshouse/shared/cast'
import { seed } from '../../src/seed'
import { callerOf, send, startCalendarApi, type TestCalendarApi } from '../support'

/** A Wednesday. On the following Sunday, the 28th, the clocks go forward in Europe. */
const NOW = Date.parse('2027-03-24T12:00:00Z')

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi({ now: () => NOW })
})
afterAll(() => api.stop())

/** A token that is valid on that day. */
const tokenOf = (owner: string) => api.token(owner, { claims: { exp: NOW / 1000 + 3600 } })

test('metadata names this API and its authorization server (RFC 9728 §2)', async () => {
  const { status, headers, json } = await send(`${api.url}/.well-known/oauth-protected-resource`)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch('application/json')
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(json).toMatchObject({
    resource: api.url,
    authorization_servers: [api.authServer.url],
    scopes_supported: ['calendar.read', 'calendar.write'],
    bearer_methods_supported: ['header'],
    resource_name: 'Glasshouse Calendar',
  })
})

test('metadata omits members without a value (RFC 9728 §3.2)', async () => {
  const { json } = await send(`${api.url}/.well-known/oauth-protected-resource`)
  for (const value of Object.values(json)) {
    expect(value).toBeTruthy()
    expect(value).not.toEqual([])
  }
})

test('healthz answers 200', async () => {
  expect(await send(`${api.url}/healthz`)).toMatchObject({ status: 200, json: { status: 'ok' } })
})

describe('pages from any origin may call the API, without credentials (CORS)', () => {
  test.each(['/calendar/events', '/calendar/events/abcdef'])('preflight for %s', async path => {
    const { status, headers } = await send(`${api.url}${path}`, 'OPTIONS', {
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PATCH' },
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('access-control-allow-methods')).toMatch('PATCH')
    expect(headers.get('access-control-allow-headers')).toMatch('Authorization')
  })

  test('they can read ETag, Location and WWW-Authenticate, even if the request is refused', async () => {
    const { status, headers } = await send(`${api.url}/calendar/events`)
    expect(status).toBe(401)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    for (const name of ['ETag', 'Location', 'WWW-Authenticate']) {
      expect(headers.get('access-control-expose-headers')).toMatch(name)
    }
  })
})

test.each([
  ['DELETE', '/calendar/events', 'GET, HEAD, POST'],
  ['POST', '/calendar/events/abcdef', 'GET, HEAD, PUT, PATCH, DELETE'],
  ['POST', '/healthz', 'GET, HEAD'],
  ['POST', '/', 'GET, HEAD'],
  ['POST', '/assets/glasshouse.css', 'GET, HEAD'],
  ['DELETE', '/favicon.ico', 'GET, HEAD'],
])('%s %s: 405 with the allowed methods (RFC 9110 §15.5.6)', async (method, path, allow) => {
  const { status, headers } = await send(`${api.url}${path}`, method)
  expect(status).toBe(405)
  expect(headers.get('allow')).toBe(allow)
  expect(headers.get('content-type')).toMatch('application/problem+json')
})

test.each(['/calendar', '/Calendar/Events', '/calendar/events/abcdef/more', '/favicon.png'])(
  '%s does not exist: 404 as problem+json, with a request id',
  async path => {
    const { status, headers, json } = await send(`${api.url}${path}`)
    expect(status).toBe(404)
    expect(json).toMatchObject({ title: 'Not Found', status: 404 })
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  },
)

test('an unexpected error is a 500 that reveals only the request id', async () => {
  const broken = await startCalendarApi()
  try {
    await broken.context.db.schema.alterTable('events').renameTo('moved').execute()
    const { status, headers, json } = await callerOf(broken, broken.token('usr_2f8c1a'))('GET')
    expect(status).toBe(500)
    expect(json).toEqual({
      title: 'Internal Server Error',
      status: 500,
      detail: expect.stringMatching('request id'),
      requestId: headers.get('x-request-id'),
    })
    expect((await fetch(`${broken.url}/healthz`)).status).toBe(500)
  } finally {
    await broken.stop()
  }
})

describe('the demo’s calendars', () => {
  const range = 'timeMin=2027-03-14T12:00:00Z&timeMax=2027-04-05T00:00:00Z'

  test.each([
    [alice, 'Europe/London'],
    [bob, 'Europe/Amsterdam'],
  ])('$name has events around today, in their own time zone', async ({ id }, timeZone) => {
    const me = callerOf(api, tokenOf(id))
    const all = (await me('GET')).json.items
    const around = (await me('GET', `?${range}`)).json.items
    expect(all.length).toBeGreaterThan(10)
    expect(around).toEqual(all)
    const timed = all.filter((event: { start: object }) => 'dateTime' in event.start)
    for (const { start } of timed) expect(start.timeZone).toBe(timeZone)
    expect(timed.length).toBeLessThan(all.length)
  })

  test('have the name of their user, and the time zone', async () => {
    const google = callerOf(api, tokenOf(alice.id), '/calendar/v3')
    const calendar = { id: alice.id, summary: 'Alice Liddell', timeZone: 'Europe/London' }
    expect((await google('GET', '/calendars/primary')).json).toMatchObject(calendar)
  })

  test('events keep their local time when the clocks change', async () => {
    const { items } = (await callerOf(api, tokenOf(alice.id))('GET', '?q=stand-up')).json
    expect(items.map((event: { start: { dateTime: string } }) => event.start.dateTime)).toEqual([
      '2027-03-15T09:30:00+00:00',
      '2027-03-22T09:30:00+00:00',
      '2027-03-29T09:30:00+01:00',
    ])
  })

  test('pages by last change are complete, although all events were created at one moment', async () => {
    const me = callerOf(api, tokenOf(alice.id))
    const ids: string[] = []
    let pageToken = ''
    do {
      const { json } = await me('GET', `?orderBy=updated&maxResults=3&pageToken=${pageToken}`)
      ids.push(...json.items.map((event: { id: string }) => event.id))
      pageToken = json.nextPageToken
    } while (pageToken)
    const all = (await me('GET')).json.items.map((event: { id: string }) => event.id)
    expect(ids.sort()).toEqual(all.sort())
  })

  test('deleted events stay deleted, even if several copies start', async () => {
    const me = callerOf(api, tokenOf(bob.id))
    const before = (await me('GET')).json.items
    await me('DELETE', `/${before[0].id}`)
    await Promise.all([seed(api.context.db, () => NOW), seed(api.context.db, () => NOW)])
    expect((await me('GET')).json.items).toEqual(before.slice(1))
  })
})
