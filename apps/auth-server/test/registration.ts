/** Helpers for the tests of clients that register themselves (RFC 7591). */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  authorizationUrl,
  authorize,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  type JsonAnswer,
  redeem,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from './support'

export const CALLBACK = 'https://app.example/callback'

/** RFC 6750 §3: a challenge has at least one parameter, and no error code if the request had no token. */
export const CHALLENGE = 'Bearer realm="Glasshouse Accounts"'

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

export async function send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined } as JsonAnswer
}

/**
 * Starts an authorization server for the tests of one file. Each test can register as many clients as the limit allows.
 * @returns the server (available once a test runs), and the requests that a client sends to it
 */
export function registrationServer() {
  const its = {} as { server: TestAuthServer }
  beforeEach(async () => {
    its.server ??= await startAuthServer()
    jest.spyOn(its.server.context.registrationLimit, 'count').mockResolvedValue(0)
  })
  afterEach(() => jest.restoreAllMocks())
  afterAll(() => its.server.stop())

  const register = (metadata: unknown, headers?: Record<string, string>, on = its.server) =>
    send('POST', `${on.url}/register`, metadata, headers)

  async function registered(metadata: Record<string, unknown> = {}) {
    const { status, json } = await register({ redirect_uris: [CALLBACK], ...metadata })
    expect({ status, json }).toMatchObject({ status: 201 })
    return json
  }

  /** Steps 1 to 5 of a registered client. */
  async function tokensOf(client: { client_id: string; client_secret?: string }, redirectUri = CALLBACK) {
    const location = await authorize(its.server, {
      client_id: client.client_id,
      redirect_uri: redirectUri,
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
      scope: undefined,
    })
    return redeem(its.server, location.searchParams.get('code') ?? '', {
      client_id: client.client_id,
      client_secret: client.client_secret,
      redirect_uri: redirectUri,
      code_verifier: CODE_VERIFIER,
    })
  }

  const urlFor = (client: { client_id: string }, redirectUri = CALLBACK, prompt?: string) =>
    authorizationUrl(its.server, {
      client_id: client.client_id,
      redirect_uri: redirectUri,
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
      prompt,
    })

  async function consentPageFor(client: { client_id: string }, browser = new TestBrowser(), redirectUri = CALLBACK) {
    const page = await browser.follow(await browser.get(urlFor(client, redirectUri)), its.server.url)
    return page.url.includes('/login') ? signIn(its.server, browser, page) : page
  }

  return { its, register, registered, tokensOf, urlFor, consentPageFor }
}
