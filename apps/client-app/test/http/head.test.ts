/** HEAD is a safe method (RFC 9110 §9.2.1): following a link with it starts nothing and uses nothing up. */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startConnecting, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

function head(url: string | URL, browser: TestBrowser) {
  const headers = { Cookie: `tripmate.sid=${browser.cookie(tripmate.url, 'tripmate.sid')}` }
  return fetch(url, { method: 'HEAD', redirect: 'manual', headers })
}

test('HEAD /connect makes no authorization request', async () => {
  const attempts = () => tripmate.context.db.selectFrom('authorization_attempts').selectAll().execute()
  const answer = await head(`${tripmate.url}/connect`, new TestBrowser())
  expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
  expect(await attempts()).toEqual([])
})

test('HEAD on the callback uses up neither state nor code', async () => {
  const browser = new TestBrowser()
  const callback = tripmate.accounts.allow(await startConnecting(tripmate, browser))
  expect((await head(callback, browser)).status).toBe(200)
  const page = await browser.follow(await browser.get(callback), tripmate.url)
  expect(page.body).toContain('Your calendar is connected.')
})

test('HEAD on a page leaves its notice for the next GET', async () => {
  const browser = new TestBrowser()
  const answer = await browser.get(tripmate.accounts.allow(await startConnecting(tripmate, browser)))
  expect((await head(answer.location, browser)).status).toBe(200)
  expect((await browser.get(answer.location)).body).toContain('Your calendar is connected.')
})
