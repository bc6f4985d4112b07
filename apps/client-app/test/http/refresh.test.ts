import type { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { addDinner, connect, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
let browser: TestBrowser
beforeEach(async () => {
  tripmate = await startTripmate()
  browser = (await connect(tripmate)).browser
  tripmate.accounts.tokenRequests = []
})
afterEach(() => tripmate.stop())

const HOUR_S = 3600
const refreshes = () => tripmate.accounts.tokenRequests.filter(request => request.grant_type === 'refresh_token')

it('refreshes an expired access token and completes the request (step 7, RFC 6749 §6)', async () => {
  tripmate.advance(HOUR_S)
  const page = await addDinner(tripmate, browser)
  expect(textOf(page)).toContain('“Dinner with the Hatter” is in your calendar.')
  expect(refreshes()).toHaveLength(1)
})

it('does not refresh a token that is still valid for a while', async () => {
  tripmate.advance(HOUR_S - 60)
  await browser.get(tripmate.url)
  expect(refreshes()).toEqual([])
})

it('refreshes once, however many requests find the token expired', async () => {
  tripmate.advance(HOUR_S)
  const pages = await Promise.all(Array.from({ length: 20 }, () => browser.get(tripmate.url)))
  expect(pages.map(page => page.status)).toEqual(Array(20).fill(200))
  for (const page of pages) expect(textOf(page)).toContain('Coming up')
  expect(refreshes()).toHaveLength(1)
})

it('refreshes once, even when two copies of Tripmate find the token expired', async () => {
  const copy = await tripmate.startCopy()
  tripmate.advance(HOUR_S)
  const urls = Array.from({ length: 10 }, (_, index) => (index % 2 ? copy : tripmate.url))
  const pages = await Promise.all(urls.map(url => browser.get(url)))
  for (const page of pages) expect(textOf(page)).toContain('Coming up')
  expect(refreshes()).toHaveLength(1)
})

it('refreshes when the calendar refuses the token, and retries once (RFC 6750 §3.1)', async () => {
  tripmate.accounts.accessTokens.clear()
  const page = await addDinner(tripmate, browser)
  expect(textOf(page)).toContain('is in your calendar.')
  expect(refreshes()).toHaveLength(1)
  expect([...tripmate.calendar.events.values()].map(event => event.summary)).toEqual(['Dinner with the Hatter'])
})

it('does not retry endlessly when the calendar refuses even a fresh token', async () => {
  tripmate.calendar.instead = (_request, response) => {
    response.set('WWW-Authenticate', 'Bearer error="invalid_token"').status(401).json({})
    return true
  }
  const page = await browser.get(tripmate.url)
  expect(page.status).toBe(200)
  expect(textOf(page)).toContain('Your calendar rejected Tripmate’s access token')
  expect(refreshes()).toHaveLength(1)
})

it('stores the new refresh token each time (RFC 6749 §6)', async () => {
  for (let round = 1; round <= 3; round++) {
    tripmate.advance(HOUR_S)
    expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
    expect(refreshes()).toHaveLength(round)
  }
  expect(new Set(refreshes().map(request => request.refresh_token)).size).toBe(3)
})

it('keeps the old refresh token when the response contains none (RFC 6749 §6)', async () => {
  const [kept] = tripmate.accounts.refreshTokens.keys()
  tripmate.accounts.tokenResponse = { refresh_token: undefined }
  tripmate.advance(HOUR_S)
  await browser.get(tripmate.url)
  tripmate.accounts.refreshTokens.set(kept ?? '', 'calendar.read calendar.write')
  tripmate.advance(HOUR_S)
  expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
  expect(refreshes().map(request => request.refresh_token)).toEqual([kept, kept])
})

describe('when the refresh is refused (RFC 6749 §5.2)', () => {
  beforeEach(() => {
    tripmate.accounts.refreshTokens.clear()
    tripmate.advance(HOUR_S)
  })

  it('says that the connection has ended, and offers to connect again', async () => {
    const page = await browser.get(tripmate.url)
    expect(page.status).toBe(200)
    expect(textOf(page)).toContain('Your calendar connection has ended.')
    expect(page.body).toMatch(/<a [^>]*href="\/connect"[^>]*>Connect again</)
    await browser.get(tripmate.url)
    expect(refreshes()).toHaveLength(1)
  })

  it('keeps what the user was doing, and shows it again after reconnecting', async () => {
    // The form is sent from a page that was opened before the token expired.
    tripmate.advance(-HOUR_S)
    const open = await browser.get(tripmate.url)
    tripmate.advance(HOUR_S)
    const fields = { summary: 'Croquet', start: '2027-03-13T15:00', end: '2027-03-13T17:30', location: 'The garden' }
    const refused = await browser.submit(open, fields, 'summary')
    expect(refused.status).toBe(403)
    expect(textOf(refused)).toContain('Your calendar connection has ended')
    expect(refused.body).toContain('value="Croquet"')

    const { page } = await connect(tripmate, browser)
    expect(textOf(page)).toContain('Your calendar is connected. Here is the event “Croquet” again.')
    for (const value of Object.values(fields)) expect(page.body).toContain(`value="${value}"`)
    const added = await browser.follow(await browser.submit(page, {}, 'summary'), tripmate.url)
    expect(textOf(added)).toContain('“Croquet” is in your calendar.')
  })
})

describe('when the authorization server cannot be reached', () => {
  it('says so, keeps the connection, and works again when the server is back', async () => {
    tripmate.advance(HOUR_S)
    tripmate.accounts.instead = (_request, response) => void response.status(500).send('oops')
    const page = await browser.get(tripmate.url)
    expect(page.status).toBe(200)
    expect(textOf(page)).toContain('Tripmate could not renew its access token')
    tripmate.accounts.instead = undefined
    expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
  })

  it('does not end the connection for an error that is about something else (RFC 6749 §5.2)', async () => {
    tripmate.advance(HOUR_S)
    const { metadata } = tripmate.accounts
    tripmate.accounts.instead = (request, response) => {
      if (request.method === 'POST') response.status(401).json({ error: 'invalid_client' })
      else response.json(metadata)
    }
    expect(textOf(await browser.get(tripmate.url))).toContain('could not renew its access token')
    tripmate.accounts.instead = undefined
    expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
  })
})

it('asks the user to connect again when the tokens were encrypted with another key', async () => {
  tripmate.context.config.encryptionKey.fill('another key')
  const page = await browser.get(tripmate.url)
  expect(page.status).toBe(200)
  expect(textOf(page)).toContain('connection has ended')
})
