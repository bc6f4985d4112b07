/** What the user and the page's scripts do at the same time: they share one session. */
import { BodyWatch, postSlowly } from '@glasshouse/shared/testing/slow-request'
import { encodeForm, type Form, type Page, readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startConnecting, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
const zoneWatch = new BodyWatch('/time-zone')
beforeEach(async () => {
  tripmate = await startTripmate({}, zoneWatch.wrap)
})
afterEach(() => tripmate.stop())

it('a time zone that arrives while the user connects does not make another user of them, and is kept', async () => {
  const browser = new TestBrowser()
  const start = await browser.get(`${tripmate.url}/`)
  const finish = await sayLate(browser, start, 'Pacific/Auckland')
  const callback = tripmate.accounts.allow(await startConnecting(tripmate, browser))
  await finish()
  const page = await browser.follow(await browser.get(callback), tripmate.url)
  expect(textOf(page)).toContain('Your calendar is connected.')
  expect(textOf(page)).toContain('Times are shown in Pacific/Auckland.')
})

it('a time zone that arrives after the session was renewed is asked for again', async () => {
  const browser = new TestBrowser()
  const start = await browser.get(`${tripmate.url}/`)
  const finish = await sayLate(browser, start, 'Pacific/Auckland')
  const connected = await browser.get(tripmate.accounts.allow(await startConnecting(tripmate, browser)))
  await finish()
  const page = await browser.follow(connected, tripmate.url)
  expect(textOf(page)).toContain('Your calendar is connected.')
  const asked = zoneForm(page)
  await browser.post(asked.action, { ...asked.fields, timeZone: 'Pacific/Auckland' })
  const next = await browser.get(`${tripmate.url}/`)
  expect(textOf(next)).toContain('Times are shown in Pacific/Auckland.')
  expect(next.body).not.toContain('say-time-zone')
})

function zoneForm(page: Page): Form {
  const form = readForms(page).find(({ action }) => action.endsWith('/time-zone'))
  if (!form) throw new Error(`${page.url} does not ask for the time zone`)
  return form
}

/** Sends the form that reports the time zone, but its last byte only when the returned function is called. */
async function sayLate(browser: TestBrowser, page: Page, timeZone: string): Promise<() => Promise<unknown>> {
  const form = zoneForm(page)
  const headers = {
    Cookie: `tripmate.sid=${browser.cookie(page.url, 'tripmate.sid')}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  const waiting = zoneWatch.next()
  const finish = postSlowly(form.action, headers, encodeForm({ ...form.fields, timeZone }))
  await waiting
  return finish
}
