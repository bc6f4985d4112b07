/** Slow motion in front of the real Tripmate: an answer waits at its door until the user goes on. */
import { slowMotion } from '@glasshouse/shared/lab/slow-motion'
import { reportIncoming, startReporting } from '@glasshouse/shared/lab-report'
import { type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
let browser: TestBrowser

beforeEach(async () => {
  await start({ LAB_URL: 'http://127.0.0.1:9' })
})
afterEach(() => tripmate.stop())

async function start(env: Record<string, string>): Promise<void> {
  tripmate = await startTripmate(env, (app, { config, log }) => {
    startReporting('client-app', config)
    return reportIncoming(slowMotion(app, 'client-app', config, log))
  })
  browser = new TestBrowser()
  browser.setCookie(tripmate.url, 'glasshouse.slow', 'on')
}

const go = (page: Page) => browser.get(page.url.replace('/stop/', '/go/'))

/** Step 1, by way of its stop. @returns where the browser is sent */
async function request(): Promise<URL> {
  const stop = await browser.follow(await browser.get(`${tripmate.url}/connect`), tripmate.url)
  expect(stop.body).toContain('Tripmate is about to send you to Accounts')
  return (await go(stop)).location
}

/** The browser brings an answer, and stops at Tripmate's door. */
async function arrive(answer: URL): Promise<Page> {
  return browser.follow(await browser.get(answer), tripmate.url)
}

test('a code waits, masked, before Tripmate has used it', async () => {
  const answer = tripmate.accounts.allow(await request())
  const stop = await arrive(answer)
  expect(stop.url).toMatch(/\/demo\/stop\/[\w-]{22}$/)
  expect(stop.body).toContain('A code arrived. Tripmate has not used it yet')
  expect(stop.body).toContain('Check state and redeem the code')
  for (const name of ['code', 'state']) {
    const value = answer.searchParams.get(name) ?? ''
    expect(stop.body).not.toContain(value)
    expect(stop.body).toContain(`…${value.slice(-6)}`)
  }
  expect(tripmate.accounts.tokenRequests).toHaveLength(0)
})

test('going on redeems the code once, and the next stop tells of steps 4 and 5', async () => {
  const stop = await arrive(tripmate.accounts.allow(await request()))
  const after = await browser.follow(await go(stop), tripmate.url)
  expect(tripmate.accounts.tokenRequests).toHaveLength(1)
  expect(after.body).toContain('Tripmate has its tokens')
  expect(after.body).toMatch(/href="http:\/\/127\.0\.0\.1:9\/runs\/newest\?exchange=[\da-f]{16}"/)
  expect((await browser.follow(await go(after), tripmate.url)).body).toContain('Your calendar is connected.')
})

test('both halves of a double click lead on, and the code is redeemed once', async () => {
  const stop = await arrive(tripmate.accounts.allow(await request()))
  const [first, second] = [await go(stop), await go(stop)]
  await browser.get(first.location)
  expect((await browser.follow(await browser.get(second.location), tripmate.url)).body).toContain('already connected')
  expect(tripmate.accounts.tokenRequests).toHaveLength(1)
})

test('a reload of the address waits at the same stop', async () => {
  const answer = tripmate.accounts.allow(await request())
  expect((await arrive(answer)).url).toBe((await arrive(answer)).url)
})

test('a state stays good for as long as slow motion may take', async () => {
  const url = await request()
  tripmate.advance(39 * 60)
  const after = await browser.follow(await go(await arrive(tripmate.accounts.allow(url))), tripmate.url)
  expect(after.body).toContain('Tripmate has its tokens')
})

test('a refusal waits as well', async () => {
  const url = await request()
  const stop = await arrive(tripmate.accounts.answer(url, { error: 'access_denied', iss: tripmate.accounts.url }))
  expect(stop.body).toContain('An answer without a code arrived')
  expect((await browser.follow(await go(stop), tripmate.url)).body).toContain('Calendar not connected')
})

test('an answer that Tripmate refuses is refused as ever, after the stop', async () => {
  await request()
  const stop = await arrive(new URL('/callback?code=planted-by-an-attacker&state=not-of-this-browser', tripmate.url))
  const refused = await browser.follow(await go(stop), tripmate.url)
  expect([refused.status, refused.body.includes('This answer cannot be used')]).toEqual([400, true])
  expect(tripmate.accounts.tokenRequests).toHaveLength(0)
})

test.each([
  ['without a Lab', { LAB_URL: 'off' }],
  [
    'in production',
    {
      NODE_ENV: 'production',
      TRIPMATE_CLIENT_SECRET: 'a2cNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
      TRIPMATE_SESSION_SECRET: 'GVbNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
    },
  ],
])('%s nothing stops, and a state is good for ten minutes', async (_case, env) => {
  await tripmate.stop()
  await start(env)
  const redirect = await browser.get(`${tripmate.url}/connect`)
  expect(redirect.location.origin).toBe(tripmate.accounts.url)
  tripmate.advance(600)
  expect((await browser.get(tripmate.accounts.allow(redirect.location))).status).toBe(400)
  expect((await browser.get(`${tripmate.url}/demo/stop/AAAAAAAAAAAAAAAAAAAAAA`)).body).toContain('Page not found')
})
