/** Invalid requests are cheap. Measured on SQLite alone, because there all the work is done in this process. */
import { checkOddCost } from '@glasshouse/shared/testing/odd-cost'
import { EVENT } from '../good-requests'
import { newOwner, startCalendarApi, type TestCalendarApi } from '../support'

// What counts is the time of the processor. On a busy machine, that many requests take long.
jest.setTimeout(120_000)

let api: TestCalendarApi
let headers: Record<string, string>
beforeAll(async () => {
  api = await startCalendarApi()
  headers = { Authorization: `Bearer ${api.token(newOwner())}` }
})
afterAll(() => api.stop())

describe('invalid requests are cheap: no answer takes more than 100 ms, and no memory is retained, at', () => {
  const path = '/calendar/events'
  it('GET /calendar/events', () =>
    checkOddCost(api.url, { method: 'GET', path, headers, query: { q: 'a', maxResults: '10' } }))
  it('POST /calendar/events', () => checkOddCost(api.url, { method: 'POST', path, headers, json: EVENT }))
})
