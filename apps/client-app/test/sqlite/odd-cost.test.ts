/** Odd requests cost little. Measured on SQLite alone, because there all the work is done in this process. */
import { checkOddCost } from '@glasshouse/shared/testing/odd-cost'
import { readForms } from '@glasshouse/shared/testing/test-browser'
import { connect, DINNER, startTripmate, type Tripmate } from '../support'

// What counts is the time of the processor. On a busy machine, that many requests take long.
jest.setTimeout(120_000)

let tripmate: Tripmate
let headers: Record<string, string>
let antiForgeryField: string
beforeAll(async () => {
  tripmate = await startTripmate()
  const { browser, page } = await connect(tripmate)
  antiForgeryField = String(readForms(page)[0]?.fields._csrf)
  headers = { Cookie: `tripmate.sid=${browser.cookie(tripmate.url, 'tripmate.sid')}` }
})
afterAll(() => tripmate.stop())

describe('a malformed request costs little: under 100 ms and no memory leak, at', () => {
  it('GET /callback', () =>
    checkOddCost(tripmate.url, {
      method: 'GET',
      path: '/callback',
      query: { code: 'a-code', state: 'a-state', iss: tripmate.accounts.url },
      headers,
    }))
  it('POST /events', () =>
    checkOddCost(tripmate.url, {
      method: 'POST',
      path: '/events',
      form: { _csrf: antiForgeryField, ...DINNER },
      headers,
    }))
})
