import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
beforeAll(async () => {
  tripmate = await startTripmate()
})
afterAll(() => tripmate.stop())

const post = (path: string, browser = new TestBrowser(), fields = {}) => browser.post(tripmate.url + path, fields)

test.each(['/nowhere', '/events/e1/nowhere', '/trips/t1/items/i1/nowhere', '/assets/tripmate.css'])(
  'a form that is sent to %s is sent to no page: 404',
  async path => expect((await post(path)).status).toBe(404),
)

test.each(['/', '/connect', '/callback', '/calendar-feed'])(
  'a form that is sent to %s is sent to a page that can only be read: 405 (RFC 9110 §15.5.6)',
  async path => {
    const { status, headers } = await post(path)
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  },
)

test('a form of a session that has ended says so, and that typing is not lost', async () => {
  const { status, body } = await post('/trips', new TestBrowser(), { _csrf: 'of a session that is gone' })
  expect(status).toBe(403)
  expect(body).toContain('Your session has ended since you opened the page')
  expect(body).toContain('still behind the back button')
})
