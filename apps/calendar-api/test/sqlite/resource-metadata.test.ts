/** Protected resource metadata (RFC 9728), from a challenge to the document that it leads to. */
import { request as httpRequest } from 'node:http'
import { callerOf, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const EVENT = '/calendar/events/0123456789abcdef'

describe('the metadata address contains the path of the resource (RFC 9728 §3.1)', () => {
  test.each([
    '/mcp',
    '/calendar/events',
    '/calendar/events/',
    EVENT,
    '/calendar/events/%61bcde',
    '/calendar/events/ABC',
  ])('for %s it names exactly this resource (§3.3)', async path => {
    const { status, headers, json } = await send(`${api.url}${WELL_KNOWN}${path}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/json\b/)
    const whole = (await send(`${api.url}${WELL_KNOWN}`)).json
    expect(json).toEqual({ ...whole, resource: `${api.url}${path}` })
  })

  test.each(['', '/', '?v=1'])('without a path (%p) it names the API', async rest => {
    expect((await send(`${api.url}${WELL_KNOWN}${rest}`)).json.resource).toBe(api.url)
  })

  test('a query is not part of the resource (§1.2)', async () => {
    expect((await send(`${api.url}${WELL_KNOWN}${EVENT}?v=1`)).json.resource).toBe(`${api.url}${EVENT}`)
  })

  test.each([
    '/calendar',
    '/calendar/',
    '/Calendar/Events',
    `${EVENT}/more`,
    '/healthz',
    '/nowhere',
    '//calendar/events',
  ])('%s is not a protected resource: 404', async path => {
    const { status, headers } = await send(`${api.url}${WELL_KNOWN}${path}`)
    expect(status).toBe(404)
    expect(headers.get('content-type')).toMatch('application/problem+json')
  })

  test('HEAD has the headers of GET, and no other method is allowed (RFC 9110 §9.3.2, §15.5.6)', async () => {
    const url = `${api.url}${WELL_KNOWN}${EVENT}`
    const [get, head, post] = [await send(url), await send(url, 'HEAD'), await send(url, 'POST')]
    expect([head.status, head.json, head.headers.get('content-length')]).toEqual([
      200,
      '',
      get.headers.get('content-length'),
    ])
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('a page from any origin may read it (CORS)', async () => {
    const url = `${api.url}${WELL_KNOWN}/calendar/events`
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' }
    expect((await send(url, 'GET', { headers })).headers.get('access-control-allow-origin')).toBe('*')
    expect((await send(url, 'OPTIONS', { headers })).status).toBe(204)
  })

  test('people can read it: one member on each line', async () => {
    const text = await (await fetch(`${api.url}${WELL_KNOWN}`)).text()
    expect(text).toMatch(/^\{\n {2}"resource": /)
  })
})

describe('the challenge (RFC 9728 §5.1)', () => {
  test.each([
    ['/calendar/events', '/calendar/events'],
    ['/calendar/events?maxResults=1&access_token=secret', '/calendar/events'],
    ['/calendar/events/', '/calendar/events/'],
    [EVENT, EVENT],
    ['/calendar/events/%61bcde', '/calendar/events/%61bcde'],
  ])('for %s leads to metadata that names exactly this resource (§3.3)', async (requested, resource) => {
    const { status, headers } = await send(`${api.url}${requested}`)
    expect(status).toBe(401)
    expect(metadataUrlIn(headers.get('www-authenticate'))).toBe(`${api.url}${WELL_KNOWN}${resource}`)
    expect((await send(metadataUrlIn(headers.get('www-authenticate')))).json.resource).toBe(`${api.url}${resource}`)
  })

  test.each([
    ['/calendar/events/",error="x', '/calendar/events/%22,error=%22x'],
    ['/calendar/events/a\\b', '/calendar/events/a%5Cb'],
    ['http://localhost/calendar/events', '/calendar/events'],
  ])('has a metadata address that is a valid URL, even for the target %p', async (target, resource) => {
    expect(metadataUrlIn(await challengeFor(target))).toBe(`${api.url}${WELL_KNOWN}${resource}`)
  })

  test('of a 403 leads to it too', async () => {
    const reader = callerOf(api, api.token(newOwner(), { claims: { scope: 'calendar.read' } }))
    const robot = callerOf(api, api.token('robot', { claims: { client_id: 'robot' } }))
    for (const { status, headers } of [await reader('DELETE', '/abcdef'), await robot('GET', '/abcdef')]) {
      expect(status).toBe(403)
      expect(metadataUrlIn(headers.get('www-authenticate'))).toBe(`${api.url}${WELL_KNOWN}/calendar/events/abcdef`)
    }
  })
})

function metadataUrlIn(challenge: string | null): string {
  return /(?:^Bearer |, )resource_metadata="([^"\\]*)"$/.exec(challenge ?? '')?.[1] ?? ''
}

/** fetch() would normalise the target. */
function challengeFor(path: string): Promise<string> {
  const { hostname, port } = new URL(api.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path }, response => {
      response.resume().on('end', () => resolve(response.headers['www-authenticate'] ?? ''))
    })
    request.on('error', reject).end()
  })
}
