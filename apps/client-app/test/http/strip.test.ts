/** What the see-through strip says on Tripmate's pages: what was sent, and nothing that was not. */
import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { addDinner, CLIENT_SECRET, connect, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

/** A browser that the Lab knows, as every browser is after its first page in demo mode. */
function browserWithRun(): TestBrowser {
  const browser = new TestBrowser()
  browser.setCookie(tripmate.url, 'glasshouse.run', 'abcdefghijklmnopqrstuvwx')
  return browser
}

const stripOf = (page: { body: string }) => textOf({ body: page.body.split('<aside')[1] ?? '' })

it('names no step before one has happened', async () => {
  for (const path of ['/', '/trips', '/events/new']) {
    expect(stripOf(await new TestBrowser().get(tripmate.url + path))).not.toMatch(/Steps? \d/)
  }
})

it('names the steps that led to the start page', async () => {
  const { browser, page } = await connect(tripmate, browserWithRun())
  expect(stripOf(page)).toContain('Steps 3 to 6 of 7')
  expect(stripOf(page)).toContain('Tripmate exchanged the code for tokens: 1 request')
  expect(stripOf(await browser.get(tripmate.url))).toContain('Step 6 of 7')
  tripmate.advance(3600)
  const refreshed = stripOf(await browser.get(tripmate.url))
  expect(refreshed).toContain('Steps 6 and 7 of 7')
  expect(refreshed).toContain('The access token had expired.')
})

it('shows the message that the scenario is about: the event that is added', async () => {
  const { browser } = await connect(tripmate, browserWithRun())
  const added = stripOf(await addDinner(tripmate, browser))
  expect(added).toContain('1 event was added: 1 request.')
  expect(added).toContain('POST /calendar/events')
  await submit(tripmate, browser, '/trips', { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')
  const trips = await browser.get(`${tripmate.url}/trips`)
  const trip = /href="(\/trips\/[\w-]+)"/.exec(trips.body)?.[1] ?? 'no trip'
  const forms = readForms(await browser.get(tripmate.url + trip))
  const { action = '', fields = {} } = forms.find(form => form.action.endsWith('/calendar')) ?? {}
  const answer = await browser.post(action, fields)
  expect(stripOf(await browser.follow(answer, tripmate.url))).toContain('8 events were added: 8 requests.')
})

it('says after disconnecting what was revoked', async () => {
  const { browser } = await connect(tripmate, browserWithRun())
  const page = await browser.submit(await browser.get(`${tripmate.url}/disconnect`))
  expect(stripOf(await browser.follow(page, tripmate.url))).toContain(
    'gave back 2 tokens, and the authorization server revoked them: 2 requests.',
  )
})

it('does not speak of step 6 where nothing was sent', async () => {
  const { browser } = await connect(tripmate, browserWithRun())
  const form = await browser.get(`${tripmate.url}/events/new`)
  const refused = await browser.submit(form, { summary: '' }, 'summary')
  expect(refused.status).toBe(400)
  expect(stripOf(refused)).not.toContain('Step 6')
})

it('says on the page that refuses a state that it is refused', async () => {
  const strip = stripOf(await new TestBrowser().get(`${tripmate.url}/callback?code=x&state=y`))
  expect(strip).toContain('Tripmate did not give this browser this value, so it refuses the answer.')
  expect(strip).not.toContain('The client accepts the answer only')
})

it('shows the messages with their secrets masked', async () => {
  const { page } = await connect(tripmate, browserWithRun())
  expect(page.body).toContain('grant_type')
  expect(page.body).toContain('POST /token')
  const { code, code_verifier } = tripmate.accounts.tokenRequests[0] ?? {}
  const secrets = [code, code_verifier, CLIENT_SECRET, ...tripmate.accounts.accessTokens.keys()]
  for (const secret of [...secrets, ...tripmate.accounts.refreshTokens.keys()]) expect(page.body).not.toContain(secret)
})

it('does not look into the access token (RFC 9068 §6)', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ typ: 'at+jwt' })}.${part({ sub: 'claim-inside' })}.signature`
  tripmate.accounts.tokenResponse = { access_token: token }
  const { page } = await connect(tripmate, browserWithRun())
  expect(stripOf(page)).toContain('Tripmate exchanged the code for tokens')
  expect(page.body).not.toMatch(/at\+jwt|claim-inside/)
})
