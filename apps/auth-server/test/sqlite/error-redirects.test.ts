/** Which errors of an authorization request are sent by redirect, and which wait on a page (RFC 9700 §4.11.2). */

import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { developerServer, formOn } from '../developer-page'
import { authorizationUrl, CODE_CHALLENGE, signIn } from '../support'

const { its, developerPageOf } = developerServer()

const STRANGER = 'https://stranger.example/cb'
const PKCE = { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }

/** A top-level navigation, as a browser sends it. fetch() would add other headers. */
async function navigate(url: URL | string, browser = new TestBrowser(), more: Record<string, string> = {}) {
  const id = browser.cookie(its.server.url, 'glasshouse-accounts.sid')
  const headers = {
    Accept: 'text/html',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
    ...(id && { Cookie: `glasshouse-accounts.sid=${id}` }),
    ...more,
  }
  const [response] = (await once(request(url, { headers, agent: false }).end(), 'response')) as [IncomingMessage]
  return { status: response.statusCode, location: response.headers.location, body: await text(response) }
}

async function selfRegistered(redirectUri: string, metadata: Record<string, unknown> = {}): Promise<string> {
  const response = await fetch(`${its.server.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [redirectUri], ...metadata }),
  })
  return ((await response.json()) as { client_id: string }).client_id
}

/** An app that this user registers on the developer page. */
async function ownApp(username: string, password: string) {
  const { browser, page } = await developerPageOf(username, password)
  const app = { client_name: 'My own app', redirect_uris: STRANGER }
  const answer = await browser.submit(page, app, 'client_name')
  return { browser, client_id: answer.location.pathname.replace('/developer/', '') }
}

function badRequest(client_id: string, redirect_uri: string, changes: Record<string, string> = {}) {
  return authorizationUrl(its.server, { client_id, redirect_uri, scope: 'everything', ...PKCE, ...changes })
}

describe('an error is sent by redirect (RFC 6749 §4.1.2.1)', () => {
  test.each([
    'http://127.0.0.1:7357/cb',
    'http://[::1]:7357/cb',
    'http://localhost:7357/cb',
    'https://localhost:7357/cb',
  ])('to a redirect URI on the user’s device: %s', async redirectUri => {
    const client_id = await selfRegistered(redirectUri)
    const answer = await navigate(badRequest(client_id, redirectUri))
    expect(answer.status).toBe(302)
    expect(answer.location).toContain(`${redirectUri}?error=invalid_scope&`)
    expect(answer.location).toContain('&state=a+state+to+come+back&iss=')
  })

  test('to an app on any port of the device', async () => {
    const client_id = await selfRegistered('http://127.0.0.1/cb', { token_endpoint_auth_method: 'none' })
    const { location } = await navigate(badRequest(client_id, 'http://127.0.0.1:51004/cb'))
    expect(location).toContain('http://127.0.0.1:51004/cb?error=invalid_scope&')
  })

  test('to an app that the signed-in user registered', async () => {
    const { browser, client_id } = await ownApp('alice', 'wonderland')
    const answer = await navigate(badRequest(client_id, STRANGER), browser)
    expect(answer.status).toBe(302)
    expect(answer.location).toContain(`${STRANGER}?error=invalid_scope&`)
  })

  test('to such an app, when a cross-site form is repeated as a GET with the cookie', async () => {
    const { browser, client_id } = await ownApp('alice', 'wonderland')
    const body = badRequest(client_id, STRANGER).searchParams
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' }
    const sent = request(`${its.server.url}/authorize`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
      agent: false,
    }).end(body.toString())
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(303)
    const again = await navigate(new URL(answer.headers.location ?? '', its.server.url), browser)
    expect(again.location).toContain(`${STRANGER}?error=invalid_scope&`)
  })
})

describe('an error is shown on a page with a link that passes it on (RFC 9700 §4.11.2)', () => {
  const waits = async (answer: { status: number | undefined; location: string | undefined; body: string }) => {
    expect([answer.status, answer.location]).toEqual([400, undefined])
    expect(answer.body).toContain('asked for something it cannot have')
    expect(answer.body).toMatch(/href="[^"]*\?error=invalid_scope&amp;error_description=[^"]*&amp;state=[^"]*&amp;iss=/)
  }

  test('for an app that registered itself, even if the user is signed in', async () => {
    const client_id = await selfRegistered(STRANGER)
    const { browser } = await developerPageOf()
    await waits(await navigate(badRequest(client_id, STRANGER)))
    await waits(await navigate(badRequest(client_id, STRANGER), browser))
  })

  test('for an app that another user registered: only its owner is redirected', async () => {
    const { client_id } = await ownApp('bob', 'builder')
    const { browser } = await developerPageOf('alice', 'wonderland')
    await waits(await navigate(badRequest(client_id, STRANGER), browser))
  })

  test('for an app whose owner is not signed in, or has signed out', async () => {
    const { browser, client_id } = await ownApp('alice', 'wonderland')
    await waits(await navigate(badRequest(client_id, STRANGER)))
    const account = await browser.get(`${its.server.url}/account`)
    const signOut = Object.keys(formOn(account, `${its.server.url}/account/sign-out`))
    expect(signOut).toContain('_csrf')
    await browser.post(`${its.server.url}/account/sign-out`, formOn(account, `${its.server.url}/account/sign-out`))
    await waits(await navigate(badRequest(client_id, STRANGER), browser))
  })

  test('for an app whose owner has been replaced by another user in this browser', async () => {
    const { browser, client_id } = await ownApp('alice', 'wonderland')
    const login = await browser.follow(
      await browser.get(authorizationUrl(its.server, { prompt: 'login' })),
      its.server.url,
    )
    await signIn(its.server, browser, login, 'bob', 'builder')
    await waits(await navigate(badRequest(client_id, STRANGER), browser))
  })

  test.each([
    'https://localhost.evil.example/cb',
    'https://127.0.0.1.evil.example/cb',
    'com.example.app://localhost/cb',
    'https://app.example/http://127.0.0.1/',
  ])('for a redirect URI that only looks like the user’s device: %s', async redirectUri => {
    await waits(await navigate(badRequest(await selfRegistered(redirectUri), redirectUri)))
  })
})

test('prompt=none always gets the redirect, because silent authentication shows no page (RFC 9700 §4.11.2)', async () => {
  const client_id = await selfRegistered(STRANGER)
  const silent = badRequest(client_id, STRANGER, { scope: 'calendar.read', prompt: 'none' })
  expect((await navigate(silent)).location).toContain(`${STRANGER}?error=login_required&`)
})
