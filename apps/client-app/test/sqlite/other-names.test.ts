import { NAVIGATION, nameOf, sendAs } from '@glasshouse/shared/testing/send-as'
import { startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
beforeAll(async () => {
  tripmate = await startTripmate()
})
afterAll(() => tripmate.stop())

test.each(['/', '/trips', '/callback?code=x&state=y', '/calendar-feed', '/healthz', '/assets/tripmate.css'])(
  'a Host that is not Tripmate’s gets 421 for %s (DNS rebinding)',
  async target => {
    expect((await sendAs(tripmate, { host: 'evil.example:4000', target })).status).toBe(421)
  },
)

test.each(['/', '/trips', '/connect', '/callback?code=x&state=y', '/events/new?start=2027-03-01', '/nowhere'])(
  '%s, opened by another name of this machine, redirects to Tripmate’s own origin before a session starts',
  async target => {
    const { status, headers } = await sendAs(tripmate, {
      host: nameOf(tripmate, 'localhost'),
      target,
      headers: NAVIGATION,
    })
    expect([status, headers.location]).toEqual([302, tripmate.url + target])
    expect(headers['set-cookie']).toBeUndefined()
  },
)

test('a form sent to another name of this machine gets a page that says what happened', async () => {
  const host = nameOf(tripmate, 'localhost')
  const { status, body } = await sendAs(tripmate, { method: 'POST', host, target: '/trips', headers: NAVIGATION })
  expect(status).toBe(403)
  expect(body).toContain(`href="${tripmate.url}/trips"`)
})

test('a request for something other than a page is not redirected', async () => {
  const host = nameOf(tripmate, 'localhost')
  for (const target of ['/healthz', '/assets/tripmate.css']) {
    expect((await sendAs(tripmate, { host, target, headers: NAVIGATION })).status).toBe(200)
  }
})
