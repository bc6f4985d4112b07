/** When something is lost or missing on the way, Tripmate promises nothing it cannot keep, and the rest still works. */
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
  ['text that is not a number', 'soon', HOUR_S],
  ['null', null, HOUR_S],
  ['0', 0, HOUR_S],
  ['negative', -1, HOUR_S],
  ['a fraction', 7200.5, 2 * HOUR_S],
  ['larger than any date', 1e300, 366 * DAY_S],
])(
  'an expires_in that is %s: the token is used for %s s, then refreshed (RFC 6749 §5.1)',
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

it('an access token without a refresh token is used for as long as the calendar accepts it', async () => {
  tripmate.accounts.tokenResponse = { expires_in: undefined, refresh_token: undefined }
  const { browser } = await connect(tripmate)
  tripmate.advance(2 * HOUR_S)
  expect(textOf(await browser.get(tripmate.url))).toContain('Coming up')
  tripmate.accounts.accessTokens.clear()
  expect(textOf(await browser.get(tripmate.url))).toContain('Your calendar connection has ended.')
})

it('does not promise that the connection is kept when the response to a refresh was lost', async () => {
  const { browser } = await connect(tripmate)
  const { metadata } = tripmate.accounts
  tripmate.advance(HOUR_S)
  tripmate.accounts.instead = (request, response) => {
    if (request.method === 'POST') {
      // The refresh token is used up, and the new one never arrives.
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

describe('the cookie of a session in use', () => {
  const cookieOf = (headers: Headers) => headers.getSetCookie().find(line => line.startsWith('tripmate.sid='))

  it('is renewed once a day, with the lifetime of a new one', async () => {
    const { browser } = await connect(tripmate)
    await browser.get(tripmate.url)
    expect(cookieOf((await browser.get(tripmate.url)).headers)).toBeUndefined()
    tripmate.advance(DAY_S)
    const { headers } = await browser.get(tripmate.url)
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookieOf(headers) ?? '')?.[1] ?? '')
    expect(expires - Date.parse(headers.get('date') ?? '')).toBeGreaterThan(89 * DAY_S * 1000)
    expect(cookieOf((await browser.get(tripmate.url)).headers)).toBeUndefined()
  })

  it('keeps a session alive as long as it is used before it expires', async () => {
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

describe('a response without this browser’s state', () => {
  it.each([
    ['error=invalid_scope&state=xyz', 'a state that is not from this browser and error=invalid_scope'],
    ['error=unsupported_response_type', 'no state and error=unsupported_response_type'],
    ['code=abc&state=xyz', 'a state that is not from this browser. Tripmate accepts only'],
  ])('tells the developer what was in it: %s', async (query, words) => {
    const page = await new TestBrowser().get(`${tripmate.url}/callback?${query}`)
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('For the developer of the application')
    expect(textOf(page)).toContain(words)
  })

  it('quotes nothing that the author of a link may have written', async () => {
    const query = 'error=Call%20us&error_description=Send%20your%20password&state=xyz'
    const { body } = await new TestBrowser().get(`${tripmate.url}/callback?${query}`)
    const [page = ''] = body.split('class="strip"')
    expect(page).not.toContain('Send your password')
    expect(page).not.toContain('Call us')
  })

  it('has no text for the developer when it has this browser’s state', async () => {
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

  it('because it cannot reach the authorization server is described as such, not as a fault of the calendar', async () => {
    const { browser } = await connect(tripmate)
    answerWith(503, { type: `${tripmate.calendar.url}/#authorization-server-unavailable` })
    const page = textOf(await browser.get(tripmate.url))
    expect(page).toContain('Your calendar refuses all apps right now')
    expect(page).toContain('it cannot check whether you have withdrawn an app’s access')
    answerWith(503, { type: 'about:blank' })
    expect(textOf(await browser.get(tripmate.url))).toContain('Your calendar has a problem')
  })
})

it('the page for an event that does not exist offers one way back, and the navigation', async () => {
  const { browser } = await connect(tripmate)
  const page = await browser.get(`${tripmate.url}/events/nothing`)
  expect(textOf(page)).toContain('It was deleted, or it never existed.')
  expect(page.body.match(/<a class="button[^>]*>/g)).toHaveLength(1)
  expect(page.body).toMatch(/<a href="\/trips">Trips<\/a>/)
})
