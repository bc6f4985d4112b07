import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, type Tripmate } from '../support'

const LAB = 'http://localhost:4003'
const FROM_LAB = { Origin: LAB }
const PRODUCTION = {
  NODE_ENV: 'production',
  TRIPMATE_CLIENT_SECRET: 'a2cNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
  TRIPMATE_SESSION_SECRET: 'GVbNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
}

describe('in demo mode', () => {
  let tripmate: Tripmate
  let browser: TestBrowser
  beforeEach(async () => {
    tripmate = await startTripmate()
    browser = (await connect(tripmate)).browser
  })
  afterEach(() => tripmate.stop())

  function pull(lever: string, fields = {}, headers: Record<string, string> = FROM_LAB, who = browser) {
    return who.post(`${tripmate.url}/demo/${lever}`, { back: '/runs/a/lights?lever=x', ...fields }, headers)
  }

  async function lights(who = browser): Promise<unknown> {
    return JSON.parse((await who.get(`${tripmate.url}/demo/lights`)).body)
  }

  const newestRequest = () => tripmate.accounts.tokenRequests.at(-1)

  test('the lights say whether Tripmate knows the browser and keeps tokens for it', async () => {
    expect(await lights()).toEqual({ session: true, connected: true })
    expect(await lights(new TestBrowser())).toEqual({ session: false, connected: false })
  })

  test('refresh: one refresh at once, and back to the page of the Lab', async () => {
    const before = tripmate.accounts.tokenRequests.length
    const answer = await pull('refresh')
    expect([answer.status, answer.location.href]).toEqual([303, `${LAB}/runs/a/lights?lever=x`])
    expect(tripmate.accounts.tokenRequests).toHaveLength(before + 1)
    expect(newestRequest()).toMatchObject({ grant_type: 'refresh_token' })
    expect(await lights()).toEqual({ session: true, connected: true })
  })

  test('replay: the refresh token of the form is sent to the token endpoint, and the connection is not touched', async () => {
    const answer = await pull('replay', { refresh_token: 'an-old-refresh-token' })
    expect(newestRequest()).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'an-old-refresh-token' })
    expect(answer.location.href).toBe(`${LAB}/runs/a/lights?lever=x`)
    expect(await lights()).toEqual({ session: true, connected: true })
  })

  test('revoke: the access token is revoked, and nothing else', async () => {
    const [accessToken] = [...tripmate.accounts.accessTokens.keys()].slice(-1)
    await pull('revoke')
    expect(tripmate.accounts.revoked).toEqual([accessToken])
  })

  test('disconnect: both tokens are revoked, and the connection is gone', async () => {
    await pull('disconnect')
    expect(tripmate.accounts.revoked).toHaveLength(2)
    expect(await lights()).toEqual({ session: true, connected: false })
  })

  test('call: a token that the calendar refuses is refreshed', async () => {
    tripmate.accounts.accessTokens.clear()
    await pull('call')
    expect(newestRequest()).toMatchObject({ grant_type: 'refresh_token' })
  })

  test('sign out: the session ends, and its tokens are revoked nowhere', async () => {
    await pull('sign-out')
    expect(await lights()).toEqual({ session: false, connected: false })
    expect(tripmate.accounts.revoked).toEqual([])
    expect((await browser.get(`${tripmate.url}/`)).body).toContain('Connect')
  })

  test.each(['refresh', 'revoke', 'disconnect', 'call'])(
    '%s without a connection does nothing, and says so',
    async lever => {
      await pull('disconnect')
      const before = tripmate.accounts.tokenRequests.length
      const { href } = (await pull(lever)).location
      expect(href).toBe(`${LAB}/runs/a/lights?lever=x${lever === 'disconnect' ? '' : '&failed=not-connected'}`)
      expect((await pull(lever, {}, FROM_LAB, new TestBrowser())).location.searchParams.get('failed')).toBe(
        'no-session',
      )
      expect(tripmate.accounts.tokenRequests).toHaveLength(before)
    },
  )

  test('when Accounts does not answer, the Lab learns it', async () => {
    tripmate.accounts.instead = (_request, response) => void response.status(500).end()
    expect((await pull('refresh')).location.searchParams.get('failed')).toBe('no-answer')
  })

  test.each(['sign-out', 'refresh', 'replay', 'revoke', 'disconnect', 'call'])(
    '%s is refused when the form is on a page of another origin',
    async lever => {
      const before = tripmate.accounts.tokenRequests.length
      for (const headers of [{ Origin: tripmate.url }, { Origin: 'http://localhost:4009' }, { Origin: 'null' }, {}]) {
        expect((await pull(lever, {}, headers)).status).toBe(403)
      }
      expect(tripmate.accounts.tokenRequests).toHaveLength(before)
      expect(tripmate.accounts.revoked).toEqual([])
      expect(await lights()).toEqual({ session: true, connected: true })
    },
  )
})

describe.each([
  ['in production', PRODUCTION],
  ['without a Lab', { LAB_URL: 'off' }],
])('%s', (_when, env: Record<string, string>) => {
  test('there are no levers', async () => {
    const tripmate = await startTripmate(env)
    try {
      for (const lever of ['sign-out', 'refresh', 'replay', 'revoke', 'disconnect', 'call']) {
        const answer = await new TestBrowser().post(`${tripmate.url}/demo/${lever}`, { back: '/runs' }, FROM_LAB)
        expect([lever, answer.status]).toEqual([lever, 404])
      }
      expect((await fetch(`${tripmate.url}/demo/lights`)).status).toBe(404)
    } finally {
      await tripmate.stop()
    }
  })
})
