import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
beforeAll(async () => {
  tripmate = await startTripmate()
})
afterAll(() => tripmate.stop())

const post = (path: string, browser = new TestBrowser(), fields = {}) => browser.post(tripmate.url + path, fields)

test.each(['/nowhere', '/events/e1/nowhere', '/trips/t1/items/i1/nowhere', '/assets/tripmate.css'])(
  'a form sent to %s, where there is no page, gets 404',
  async path => expect((await post(path)).status).toBe(404),
)

test.each(['/', '/connect', '/callback', '/calendar-feed'])(
  'a form sent to %s, a read-only page, gets 405 (RFC 9110 §15.5.6)',
  async path => {
    const { status, headers } = await post(path)
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  },
)

test('a form whose session has ended gets a page that says so and shows what was typed', async () => {
  const headers = { 'Sec-Fetch-Site': 'same-origin' }
  const fields = { _csrf: 'of a session that is gone', name: 'A week in Wonderland', summary: ' ' }
  const { status, body } = await new TestBrowser().post(`${tripmate.url}/trips`, fields, headers)
  expect(status).toBe(403)
  expect(body).toContain('Your session has ended since you opened the page')
  expect(body).toContain('What you typed is below.')
  expect(body.match(/<pre class="code-block" [^>]*><code>/g)).toHaveLength(1)
  expect(body).toContain('<code>A week in Wonderland</code>')
})
