import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  authorizationUrl,
  CODE_CHALLENGE,
  consentPageOf,
  redeem,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

/** What a user who forges the consent form, or a script that sends it, cannot achieve. */
let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

describe('prompt=login cannot be bypassed', () => {
  const again = (browser: TestBrowser, state: string) =>
    browser.get(authorizationUrl(server, { prompt: 'login consent', state }))

  test('by sending the consent form without having opened the page', async () => {
    const browser = new TestBrowser()
    await consentPageOf(server, browser)
    const request = (await again(browser, 'again')).location.searchParams.get('request') ?? ''
    const _csrf = String(readForms(await browser.get(`${server.url}/account`))[0]?.fields._csrf)
    const form = { _csrf, request, decision: 'allow', scope: 'calendar.read' }
    expect((await browser.post(`${server.url}/consent`, form)).location.pathname).toBe('/login')
  })

  test('by having signed in for another request', async () => {
    const browser = new TestBrowser()
    await consentPageOf(server, browser)
    const [first, second] = [await again(browser, 'first'), await again(browser, 'second')]
    await signIn(server, browser, await browser.get(first.location))
    const consent = await browser.get(second.location.href.replace('/login', '/consent'))
    expect(consent.location.pathname).toBe('/login')
  })
})

test('a form that ticks more than was requested grants only what was requested (RFC 6749 §3.3)', async () => {
  const browser = new TestBrowser()
  const page = await consentPageOf(server, browser, { scope: 'calendar.read' })
  const { location } = await browser.submit(page, { scope: ['calendar.read', 'calendar.write'], decision: 'allow' })
  const { json } = await redeem(server, location.searchParams.get('code') ?? '')
  expect(json.scope).toBe('calendar.read')
})

test('the page says where the code will go, so that users can tell apps apart (RFC 6819 §4.4.1.4)', async () => {
  const redirectUri = 'https://stranger.example/callback'
  const registered = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_name: 'Tripmate', redirect_uris: [redirectUri] }),
  })
  const { client_id } = (await registered.json()) as { client_id: string }
  const page = await consentPageOf(server, new TestBrowser(), {
    client_id,
    redirect_uri: redirectUri,
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
  })
  const [shown] = page.body.split('<section id="see-through')
  expect(shown).toContain('go back to <strong>https://stranger.example</strong>')
})
