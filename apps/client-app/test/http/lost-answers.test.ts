/** What is lost or missing on the way is not made up for with promises, and stops nothing that can go on. */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startConnecting, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const refreshes = () => tripmate.accounts.tokenRequests.filter(request => request.grant_type === 'refresh_token')

it.each([
  ['left out', undefined, HOUR_S],
  ['text', '7200', 2 * HOUR_S],
  ['text that is no number', 'soon', HOUR_S],
  ['null', null, HOUR_S],
  ['0', 0, HOUR_S],
  ['negative', -1, HOUR_S],
  ['a fraction', 7200.5, 2 * HOUR_S],
  ['more than any clock can hold', 1e300, 366 * DAY_S],
])(
  'expires_in that is %s: the token is used until %s s later, then renewed (RFC 6749 §5.1)',
  async (_what, expiresIn, lifetime) => {
    tripmate.accounts.tokenResponse = { expires_in: expiresIn }
    const { browser, page } = await connect(tripmate)
    expect(textOf(page)).toContain('Your calendar is connected.')
    tripmate.advance(Math.min(lifetime, 80 * DAY_S) - 60)
    expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
    expect(refreshes()).toHaveLength(0)
    if (lifetime > 80 * DAY_S) return
    tripmate.advance(120)
    expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
    expect(refreshes().length).toBeGreaterThan(0)
  },
)

it('an access token without a refresh token is used for as long as the calendar takes it', async () => {
  tripmate.accounts.tokenResponse = { expires_in: undefined, refresh_token: undefined }
  const { browser } = await connect(tripmate)
  tripmate.advance(2 * HOUR_S)
  expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
  tripmate.accounts.accessTokens.clear()
  expect(textOf(await browser.get(tripmate.url))).toContain('Your calendar connection has ended.')
})

it('does not promise that the connection is kept when the answer to a refresh was lost', async () => {
  const { browser } = await connect(tripmate)
  const { metadata } = tripmate.accounts
  tripmate.advance(HOUR_S)
  tripmate.accounts.instead = (request, response) => {
    if (request.method === 'POST') {
      // The refresh token is spent, and the new one does not arrive.
      tripmate.accounts.refreshTokens.clear()
      response.destroy()
    } else response.json(metadata)
  }
  const page = textOf(await browser.get(tripmate.url))
  expect(page).toContain('Tripmate could not renew its access token')
  expect(page).not.toMatch(/connection is kept/)
  expect(page).toContain('If that does not help, connect your calendar again.')
  tripmate.accounts.instead = undefined
  expect(textOf(await browser.get(tripmate.url))).toContain('Your calendar connection has ended.')
})

describe('a cookie in use', () => {
  const cookieOf = (headers: Headers) => headers.getSetCookie().find(line => line.startsWith('tripmate.sid='))

  it('is renewed once a day, for as long as a new one', async () => {
    const { browser } = await connect(tripmate)
    await browser.get(tripmate.url)
    expect(cookieOf((await browser.get(tripmate.url)).headers)).toBeUndefined()
    tripmate.advance(DAY_S)
    const { headers } = await browser.get(tripmate.url)
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookieOf(headers) ?? '')?.[1] ?? '')
    expect(expires - Date.parse(headers.get('date') ?? '')).toBeGreaterThan(89 * DAY_S * 1000)
    expect(cookieOf((await browser.get(tripmate.url)).headers)).toBeUndefined()
  })

  it('keeps a session alive that is used less often than it would live', async () => {
    const { browser } = await connect(tripmate)
    for (let month = 0; month < 6; month++) {
      tripmate.advance(60 * DAY_S)
      expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
    }
  })

  it('is not given to a browser without a session', async () => {
    expect(cookieOf((await new TestBrowser().get(`${tripmate.url}/healthz`)).headers)).toBeUndefined()
  })
})

it('a journal that cannot be written or read stops nothing', async () => {
  await tripmate.context.db.schema.dropTable('exchanges').execute()
  const { browser, page } = await connect(tripmate)
  expect(textOf(page)).toContain('Your calendar is connected.')
  tripmate.advance(HOUR_S)
  expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
  expect(refreshes()).toHaveLength(1)
})

describe('an answer without our state', () => {
  it.each([
    ['error=invalid_scope&state=xyz', 'a state that is not from this browser and error=invalid_scope'],
    ['error=unsupported_response_type', 'no state and error=unsupported_response_type'],
    ['code=abc&state=xyz', 'a state that is not from this browser. Tripmate accepts only'],
  ])('says for the developer what was in it: %s', async (query, words) => {
    const page = await new TestBrowser().get(`${tripmate.url}/callback?${query}`)
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('For the developer of the application')
    expect(textOf(page)).toContain(words)
  })

  it('quotes nothing that whoever made the link may have written', async () => {
    const query = 'error=Call%20us&error_description=Send%20your%20password&state=xyz'
    const { body } = await new TestBrowser().get(`${tripmate.url}/callback?${query}`)
    const [page = ''] = body.split('class="strip"')
    expect(page).not.toContain('Send your password')
    expect(page).not.toContain('Call us')
  })

  it('says nothing to a developer about one that has our state', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const page = await browser.get(
      tripmate.accounts.answer(url, { error: 'invalid_scope', iss: tripmate.accounts.url }),
    )
    expect(textOf(page)).toContain('invalid_scope')
    expect(textOf(page)).not.toContain('For the developer')
  })
})

describe('a calendar in trouble', () => {
  const answerWith = (status: number, body: object) => {
    tripmate.calendar.instead = (_request, response) => {
      response.status(status).type('application/problem+json').send(JSON.stringify(body))
      return true
    }
  }

  it('that cannot reach the authorization server is described as such, not as a fault of the calendar', async () => {
    const { browser } = await connect(tripmate)
    answerWith(503, { type: `${tripmate.calendar.url}/#authorization-server-unavailable` })
    const page = textOf(await browser.get(tripmate.url))
    expect(page).toContain('Your calendar refuses all apps right now')
    expect(page).toContain('it cannot check whether you have withdrawn an app’s access')
    answerWith(503, { type: 'about:blank' })
    expect(textOf(await browser.get(tripmate.url))).toContain('Your calendar has a problem')
  })
})

it('the page of an event that is not there offers one way back, and the navigation', async () => {
  const { browser } = await connect(tripmate)
  const page = await browser.get(`${tripmate.url}/events/nothing`)
  expect(textOf(page)).toContain('It was deleted, or it never existed.')
  expect(page.body.match(/<a class="button[^>]*>/g)).toHaveLength(1)
  expect(page.body).toMatch(/<a href="\/trips">Trips<\/a>/)
})
