/** The operator's own app gets access without a consent page, and no other app can (docs/decisions/first-party-apps.md). */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { CALLBACK, registrationServer, send } from '../registration'
import {
  authorizationUrl,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  PRODUCTION,
  redeem,
  signIn,
  startAuthServer,
} from '../support'

const { its, registered, consentPageFor } = registrationServer()

const OWN = 'glasshouse-calendar'

function urlOfOwn(changes: Record<string, string> = {}): URL {
  return authorizationUrl(its.server, {
    client_id: OWN,
    redirect_uri: `${its.server.context.config.addresses.calendarApiUrl}/callback`,
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  })
}

async function signedIn(): Promise<TestBrowser> {
  const browser = new TestBrowser()
  await signIn(its.server, browser, await browser.get(`${its.server.url}/login`))
  return browser
}

test('after signing in, the user is led back with a code, and nothing is asked', async () => {
  const browser = new TestBrowser()
  const login = await browser.follow(await browser.get(urlOfOwn()), its.server.url)
  expect(login.url).toContain('/login')
  const { searchParams, origin } = (await signIn(its.server, browser, login)).location
  expect(origin).toBe(its.server.context.config.addresses.calendarApiUrl)
  const { status, json } = await redeem(its.server, searchParams.get('code') ?? '', {
    client_id: OWN,
    client_secret: undefined,
    redirect_uri: urlOfOwn().searchParams.get('redirect_uri') ?? '',
    code_verifier: CODE_VERIFIER,
  })
  expect([status, json.scope, typeof json.refresh_token]).toEqual([200, 'calendar.read calendar.write', 'string'])
})

test('with prompt=none, a user who is signed in gets a code, and nobody else does', async () => {
  const answer = (await (await signedIn()).get(urlOfOwn({ prompt: 'none' }))).location
  expect(answer.searchParams.get('code')).toBeTruthy()
  const nobody = (await new TestBrowser().get(urlOfOwn({ prompt: 'none' }))).location
  expect(nobody.searchParams.get('error')).toBe('login_required')
})

test('prompt=consent still asks', async () => {
  const { location } = await (await signedIn()).get(urlOfOwn({ prompt: 'consent' }))
  expect(location.pathname).toBe('/consent')
})

test('its access is on the account page; withdrawn, it comes back when the user opens the app again', async () => {
  const browser = await signedIn()
  await browser.get(urlOfOwn())
  const account = await browser.get(`${its.server.url}/account`)
  expect(account.body).toContain('This is a part of Glasshouse')
  const after = await browser.submit(account, {}, 'client_id')
  expect((await browser.follow(after, its.server.url)).body).toContain('No app has access')
  expect((await browser.get(urlOfOwn())).location.searchParams.get('code')).toBeTruthy()
})

test('a request without PKCE, or for another redirect URI, gets no code', async () => {
  const browser = await signedIn()
  const { location } = await browser.get(urlOfOwn({ code_challenge: '', code_challenge_method: '' }))
  expect(location.searchParams.get('error')).toBe('invalid_request')
  expect((await browser.get(urlOfOwn({ redirect_uri: 'https://evil.example/callback' }))).status).toBe(400)
})

describe('a client that registers itself', () => {
  const CLAIMS = {
    client_id: OWN,
    first_party: true,
    firstParty: true,
    vouchedFor: true,
    client_name: 'Glasshouse Calendar',
  }

  test('is never first-party, whatever it sends, then or later', async () => {
    const client = await registered({ token_endpoint_auth_method: 'none', ...CLAIMS })
    expect(client.client_id).not.toBe(OWN)
    expect((await consentPageFor(client)).url).toContain('/consent')

    const { registration_access_token, registration_client_uri, client_id } = client
    const changed = { ...CLAIMS, client_id, redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' }
    const authorization = { Authorization: `Bearer ${registration_access_token}` }
    expect((await send('PUT', registration_client_uri, changed, authorization)).status).toBe(200)
    expect((await consentPageFor(client)).url).toContain('/consent')
  })

  test('cannot change the operator’s own client', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { client_id: OWN, redirect_uris: [CALLBACK] } : undefined
      const { status } = await send(method, `${its.server.url}/register/${OWN}`, body, { Authorization: 'Bearer x' })
      expect(status).toBe(401)
    }
  })
})

test('production has no such client', async () => {
  const server = await startAuthServer(PRODUCTION)
  const answer = await new TestBrowser().get(authorizationUrl(server, { client_id: OWN }))
  expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('client_id is unknown')])
  await server.stop()
})
