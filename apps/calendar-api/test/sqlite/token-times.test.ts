/** The times in a token (RFC 7519 §4.1.4 to §4.1.6, RFC 9068 §4). The clock stands still, so the limits are exact. */
import { callerOf, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

const NOW = Date.parse('2027-03-24T12:00:00Z')

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi({ now: () => NOW })
})
afterAll(() => api.stop())

type Times = { exp?: unknown; nbf?: unknown; iat?: unknown }

/** @param offsets numbers are seconds from now; any other value is the claim itself */
function listWith(offsets: Times) {
  const good = { iat: NOW / 1000, exp: NOW / 1000 + 60 }
  const claims = Object.fromEntries(
    Object.entries(offsets).map(([name, value]) => [name, typeof value === 'number' ? NOW / 1000 + value : value]),
  )
  return callerOf(api, api.token(newOwner(), { claims: { ...good, ...claims } }))('GET')
}

test.each<Times>([
  {},
  { exp: 1 },
  { exp: 0 },
  // Two clocks may differ by 5 seconds.
  { exp: -4 },
  { exp: -4.5 },
  { nbf: -60 },
  { nbf: 0 },
  { nbf: 5 },
  { iat: -3_600 },
  { iat: 0 },
  { iat: 5 },
  { iat: 5, nbf: 5, exp: 3_605 },
  { exp: 1e9 },
])('times %j are accepted: clocks may differ by 5 seconds', async offsets => {
  expect((await listWith(offsets)).status).toBe(200)
})

const EXPIRED = 'It has expired.'
const NOT_YET = 'It is not valid yet.'
const FROM_THE_FUTURE = 'Its iat is in the future. Check the clocks of both servers.'
const MISSING = 'A required claim is missing or has the wrong type.'

test.each<[Times, string]>([
  [{ exp: -5 }, EXPIRED],
  [{ exp: -3_600 }, EXPIRED],
  [{ exp: -NOW / 1000 }, EXPIRED],
  [{ nbf: 6 }, NOT_YET],
  [{ nbf: 5.5 }, NOT_YET],
  [{ nbf: 'soon' }, NOT_YET],
  [{ nbf: null }, NOT_YET],
  [{ iat: 6 }, FROM_THE_FUTURE],
  [{ iat: 5.5 }, FROM_THE_FUTURE],
  [{ iat: 3_600, exp: 7_200 }, FROM_THE_FUTURE],
  [{ iat: 1e9, exp: 2e9 }, FROM_THE_FUTURE],
  [{ iat: `${NOW / 1000}` }, MISSING],
  [{ iat: null }, MISSING],
  [{ exp: `${NOW / 1000 + 60}` }, MISSING],
  [{ exp: null }, MISSING],
])('times %j are refused with invalid_token: %s', async (offsets, why) => {
  const { status, headers } = await listWith(offsets)
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toMatch(
    `Bearer error="invalid_token", error_description="The access token was rejected. ${why}"`,
  )
})

test('a token is accepted until it expires (RFC 7519 §4.1.4)', async () => {
  const own = await startCalendarApi({ now: () => NOW })
  try {
    const call = callerOf(own, own.token(newOwner(), { claims: { iat: NOW / 1000, exp: NOW / 1000 + 60 } }))
    own.advance(64)
    expect((await call('GET')).status).toBe(200)
    own.advance(1)
    expect((await call('GET')).status).toBe(401)
  } finally {
    await own.stop()
  }
})
