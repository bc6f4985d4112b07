import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  authorizeForCode,
  claimsOf,
  hasEnded,
  PRODUCTION,
  postForm,
  redeem,
  refresh,
  SECRET,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const LAB = 'http://localhost:4003'
const FROM_LAB = { Origin: LAB }

describe('in demo mode', () => {
  let server: TestAuthServer
  beforeEach(async () => {
    server = await startAuthServer()
  })
  afterEach(() => server.stop())

  async function signedIn(): Promise<TestBrowser> {
    const browser = new TestBrowser()
    await signIn(server, browser, await browser.get(`${server.url}/login`))
    return browser
  }

  async function lightsFor(browser: TestBrowser, accessToken = '') {
    const grant = accessToken && claimsOf(accessToken).claims.jti.split('.')[0]
    return JSON.parse((await browser.get(`${server.url}/demo/lights?grant=${grant}`)).body)
  }

  async function connected() {
    return (await redeem(server, await authorizeForCode(server))).json
  }

  test('the lights say what of a grant still works, and who is signed in', async () => {
    const { access_token } = await connected()
    const browser = await signedIn()
    expect(await lightsFor(browser, access_token)).toEqual({
      signedInAs: 'Alice Liddell',
      isGrantor: true,
      consent: true,
      refreshToken: true,
    })
    expect(await lightsFor(new TestBrowser(), access_token)).toMatchObject({ signedInAs: null, isGrantor: false })
  })

  test('a grant that nobody knows has no refresh token that works', async () => {
    const answer = await fetch(`${server.url}/demo/lights?grant=unknown`)
    expect(await answer.json()).toEqual({ signedInAs: null, isGrantor: false, consent: false, refreshToken: false })
  })

  test('signing out from the Lab ends the session only, and leads back to the Lab', async () => {
    const { access_token } = await connected()
    const browser = await signedIn()
    const answer = await browser.post(`${server.url}/demo/sign-out`, { back: '/runs/a/lights?lever=x' }, FROM_LAB)
    expect([answer.status, answer.location.href]).toEqual([303, `${LAB}/runs/a/lights?lever=x`])
    expect(await lightsFor(browser, access_token)).toMatchObject({
      signedInAs: null,
      consent: true,
      refreshToken: true,
    })
  })

  test('withdrawing from the Lab ends the consent and every token', async () => {
    const { access_token, refresh_token } = await connected()
    const browser = await signedIn()
    await browser.post(`${server.url}/demo/withdraw`, { back: '/runs' }, FROM_LAB)
    expect(await lightsFor(browser, access_token)).toMatchObject({ consent: false, refreshToken: false })
    expect(await hasEnded(server, access_token)).toBe(true)
    expect((await refresh(server, refresh_token)).json.error).toBe('invalid_grant')
  })

  test('nobody can withdraw without a session', async () => {
    const { access_token } = await connected()
    const answer = await new TestBrowser().post(`${server.url}/demo/withdraw`, { back: '/runs' }, FROM_LAB)
    expect(answer.location.href).toBe(`${LAB}/runs?failed=no-session`)
    expect(await lightsFor(new TestBrowser(), access_token)).toMatchObject({ consent: true, refreshToken: true })
  })

  test('a token that was made to expire is not active, and the refresh token still works', async () => {
    const { access_token, refresh_token } = await connected()
    const { jti, exp } = claimsOf(access_token).claims
    const answer = await fetch(`${server.url}/demo/expire`, {
      method: 'POST',
      body: new URLSearchParams({ jti, exp: String(exp) }),
    })
    expect(answer.status).toBe(204)
    const asked = { client_id: 'tripmate', client_secret: SECRET, token: access_token }
    expect((await postForm(server, '/introspect', asked)).json).toEqual({ active: false })
    expect((await refresh(server, refresh_token)).status).toBe(200)
  })

  test.each([{}, { jti: 'family.token' }, { jti: 'family', exp: '1' }])('%j names no token', async fields => {
    const answer = await fetch(`${server.url}/demo/expire`, { method: 'POST', body: new URLSearchParams(fields) })
    expect(answer.status).toBe(400)
  })

  test.each(['sign-out', 'withdraw'])('%s is refused when the form is on a page of another origin', async lever => {
    const browser = await signedIn()
    for (const headers of [{ Origin: 'http://localhost:4009' }, { Origin: 'null' }, {}]) {
      expect((await browser.post(`${server.url}/demo/${lever}`, { back: '/runs' }, headers)).status).toBe(403)
    }
    expect(await lightsFor(browser)).toMatchObject({ signedInAs: 'Alice Liddell' })
  })

  test.each([
    ['GET', 'lights', { Origin: 'http://localhost:4009' }],
    ['GET', 'lights', { 'Sec-Fetch-Site': 'same-site' }],
    ['GET', 'lights', { 'X-Forwarded-For': '192.0.2.1' }],
    ['POST', 'expire', FROM_LAB],
  ] as const)('%s %s with %j is refused: it is for the Lab’s server', async (method, path, headers) => {
    expect((await fetch(`${server.url}/demo/${path}`, { method, headers })).status).toBe(403)
  })

  test.each(['https://evil.example/', '//evil.example/', 'javascript:alert(1)', ''])(
    'the way back is never to another site: %s',
    async back => {
      const answer = await new TestBrowser().post(`${server.url}/demo/sign-out`, { back }, FROM_LAB)
      expect(answer.location.origin).toBe(LAB)
    },
  )
})

describe.each([
  ['in production', PRODUCTION],
  ['without a Lab', { LAB_URL: 'off' }],
])('%s', (_when, env) => {
  test('there are no levers', async () => {
    const server = await startAuthServer(env)
    try {
      for (const path of ['sign-out', 'withdraw', 'expire']) {
        const answer = await new TestBrowser().post(`${server.url}/demo/${path}`, { back: '/runs' }, FROM_LAB)
        expect([path, answer.status]).toEqual([path, 404])
      }
      expect((await fetch(`${server.url}/demo/lights`)).status).toBe(404)
    } finally {
      await server.stop()
    }
  })
})
