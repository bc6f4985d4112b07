import type { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
/** A browser with a connected calendar and a trip. */
let me: TestBrowser
let trip: string
let event: string

beforeAll(async () => {
  tripmate = await startTripmate()
  me = (await connect(tripmate)).browser
  const trips = await me.get(`${tripmate.url}/trips`)
  trip = (await me.submit(trips, { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')).location.pathname
  const times = { start: { dateTime: '2027-03-12T19:00:00Z' }, end: { dateTime: '2027-03-12T21:00:00Z' } }
  event = `/events/${tripmate.calendar.add({ summary: 'Dinner', ...times }).id}`
})
afterAll(() => tripmate.stop())

describe('no frame, no Referer, no cache (RFC 9700 §4.16, §4.2.4; RFC 6819 §4.6.6), for', () => {
  const itemOf = async () => {
    const { body } = await me.get(tripmate.url + trip)
    return new RegExp(`${trip}/items/[0-9a-f-]{36}`).exec(body)?.[0] ?? ''
  }
  it.each<[string, () => string | Promise<string>]>([
    ['the start page', () => '/'],
    ['the trips', () => '/trips'],
    ['a trip', () => trip],
    ['the page to delete a trip', () => `${trip}/delete`],
    ['the form for a new activity', () => `${trip}/items/new`],
    ['an activity on a trip', itemOf],
    ['a new event', () => '/events/new'],
    ['an event', () => event],
    ['the events of a month', () => '/calendar-feed?start=2027-03-01&end=2027-04-01'],
    ['the page to disconnect', () => '/disconnect'],
    ['the redirect to the authorization server', () => '/connect'],
    ['a response that cannot be used', () => '/callback?code=x&state=x'],
    ['a page that does not exist', () => '/nowhere'],
  ])('%s', async (_what, pathOf) => {
    const { headers } = await me.get(tripmate.url + (await pathOf()))
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  })

  it('the callback with a code', async () => {
    const { answer } = await connect(tripmate)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  })
})

it('its cookie has a distinct name, because all ports of a host share their cookies (RFC 6265 §8.5)', () => {
  expect(me.cookieNames(tripmate.url)).toEqual(['tripmate.sid'])
})

it('other sites cannot read anything here (CORS)', async () => {
  for (const path of ['/', '/trips', '/calendar-feed', '/callback', '/connect', '/healthz']) {
    const answer = await fetch(tripmate.url + path, { headers: { Origin: 'https://evil.example' }, redirect: 'manual' })
    expect([...answer.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
  }
})

it('over https its cookie is Secure, and browsers are told to use https only (RFC 6797)', async () => {
  const own = await startTripmate({ CLIENT_APP_URL: 'https://tripmate.example' })
  try {
    const { headers } = await fetch(own.url, { headers: { 'X-Forwarded-Proto': 'https' } })
    expect(headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/)
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  } finally {
    await own.stop()
  }
})
