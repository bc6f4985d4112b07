/**
 * Sends requests to every endpoint that no real client would send (fast-check; the seed is fixed, and printed with the
 * failing request). The answer is never a 5xx or a stack trace. It is problem+json (RFC 9457), with a challenge where
 * RFC 6750 requires one.
 */

import { checkOddAnswer, type OddAnswer, sendOdd } from '@glasshouse/shared/testing/odd-answers'
import { type Endpoint, oddExamples, oddRequests, oddRuns } from '@glasshouse/shared/testing/odd-requests'
import fc from 'fast-check'
import { EVENT } from '../good-requests'
import { API_SECRET, callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
let token: string
let event: { id: string; etag: string }

beforeAll(async () => {
  api = await startCalendarApi()
  token = api.token(newOwner())
  event = (await callerOf(api, token)('POST', '', { body: draft() })).json
})
afterAll(() => api.stop())

function checkProblem({ status, headers, body, fromApp }: OddAnswer, method: string): void {
  if (!fromApp || status < 400) return
  expect(headers['content-type']).toMatch(/^application\/problem\+json\b/)
  expect(headers['cache-control']).toBe('no-store')
  // RFC 6750 §3: a request without a good token MUST get a challenge.
  if (status === 401) expect(headers['www-authenticate']).toMatch(/^Bearer .*resource_metadata="/)
  // RFC 9110 §15.5.6: Allow MUST be there.
  if (status === 405) expect(headers.allow).toMatch(/^GET/)
  if (method === 'HEAD') return
  const problem = JSON.parse(body)
  expect(problem).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
}

function holds(endpoint: Endpoint): Promise<void> {
  const property = fc.asyncProperty(oddRequests(endpoint), async sent => {
    const answer = await sendOdd(api.url, sent)
    checkOddAnswer(answer, sent, [API_SECRET, token])
    if (answer) checkProblem(answer, sent.method)
  })
  return fc.assert(property, oddRuns(100, oddExamples(endpoint)))
}

const authorized = (more: Record<string, string> = {}) => ({ Authorization: `Bearer ${token}`, ...more })
const DAYS = { ...EVENT, start: { date: '2027-03-01' }, end: { date: '2027-03-02' } }

describe('every endpoint answers invalid requests with a problem or a challenge', () => {
  it('GET /calendar/events', () =>
    holds({
      method: 'GET',
      path: '/calendar/events',
      headers: authorized(),
      query: {
        timeMin: '2027-03-01T00:00:00Z',
        timeMax: '2027-04-01T00:00:00Z',
        q: 'breakfast',
        maxResults: '10',
        singleEvents: 'true',
        orderBy: 'updated',
        pageToken: Buffer.from('["a",1,"abcde"]').toString('base64url'),
      },
    }))
  it('GET /calendar/events without most filters', () =>
    holds({
      method: 'GET',
      path: '/calendar/events',
      headers: authorized(),
      query: { q: 'a', timeMin: '2027-03-01T00:00:00Z' },
    }))
  it('POST /calendar/events with times', () =>
    holds({ method: 'POST', path: '/calendar/events', headers: authorized(), json: EVENT }))
  it('POST /calendar/events with days', () =>
    holds({ method: 'POST', path: '/calendar/events', headers: authorized(), json: DAYS }))
  it.each(['dateTime', 'date'])('POST /calendar/events with an odd %s', async name => {
    // These are one level below the members of an event.
    const property = fc.asyncProperty(oddTime(name), fc.constantFrom('start', 'end'), async (time, side) => {
      const body = JSON.stringify({ ...(name === 'date' ? DAYS : EVENT), id: undefined, [side]: time })
      const headers = authorized({ 'Content-Type': 'application/json' })
      const sent = { method: 'POST', path: '/calendar/events', headers, body: Buffer.from(body), chunked: false }
      const answer = await sendOdd(api.url, sent)
      checkOddAnswer(answer, sent, [token])
      if (answer) checkProblem(answer, 'POST')
    })
    await fc.assert(property, oddRuns(100))
  })
  it.each(['GET', 'DELETE'])('%s /calendar/events/:id', method =>
    holds({
      method,
      path: `/calendar/events/${event.id}`,
      headers: authorized({ 'If-Match': '"other"' }),
      query: { a: 'b' },
    }),
  )
  it.each(['PUT', 'PATCH'])('%s /calendar/events/:id', method =>
    holds({
      method,
      path: `/calendar/events/${event.id}`,
      headers: authorized(),
      json: { ...EVENT, id: event.id },
    }),
  )
  it('GET /calendar/events.ics', () =>
    holds({
      method: 'GET',
      path: '/calendar/events.ics',
      headers: authorized(),
      query: { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-04-01T00:00:00Z' },
    }))
  it('POST /calendar/events.ics', () =>
    holds({
      method: 'POST',
      path: '/calendar/events.ics',
      headers: authorized({ 'Content-Type': 'text/calendar' }),
      json: { a: 'BEGIN:VCALENDAR' },
    }))
  it.each(['GET', 'POST', 'DELETE'])('%s /calendar/feed', method =>
    holds({ method, path: '/calendar/feed', headers: authorized(), query: { a: 'b' } }),
  )
  it('GET /calendar/feeds/<secret>.ics', () =>
    holds({
      method: 'GET',
      path: `/calendar/feeds/${'a'.repeat(43)}.ics`,
      headers: { 'If-None-Match': '"1-1"' },
      query: { a: 'b' },
    }))
  it.each([
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/calendar/events/abcdef',
    '/openapi.json',
    '/healthz',
    '/',
    '/no/such/path',
    '/assets/glasshouse.css',
  ])('GET %s', path => holds({ method: 'GET', path, query: { v: '1' } }))
})

/** Extreme dates, invalid offsets and time zones, and values that are not text. */
function oddTime(name: string): fc.Arbitrary<unknown> {
  const date = fc
    .tuple(
      fc.constantFrom('0000', '0001', '0099', '1582', '1900', '2027', '9999', '+10000', '-0001'),
      fc.constantFrom('00', '01', '02', '03', '12', '13'),
      fc.constantFrom('00', '01', '28', '29', '31', '32'),
    )
    .map(parts => parts.join('-'))
  const clock = fc.constantFrom(
    'T00:00:00',
    'T02:30:00',
    'T23:59:59',
    'T23:59:60',
    'T24:00:00',
    'T00:00:00.123456789',
    'T0:0',
    '',
  )
  const offset = fc.constantFrom('', 'Z', 'z', '+00:00', '-23:59', '+23:59', '+24:00', '-00:60')
  const zone = fc.constantFrom<unknown>(
    undefined,
    null,
    'Europe/Amsterdam',
    'utc',
    'Etc/GMT+12',
    'Pacific/Apia',
    '+01:00',
    'a\0',
    1,
    {},
  )
  const text = fc.tuple(date, clock, offset).map(parts => (name === 'date' ? parts[0] : parts.join('')))
  const value = fc.oneof({ weight: 8, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) })
  return fc.record({ [name]: value, timeZone: zone })
}
