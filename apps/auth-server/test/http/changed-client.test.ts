import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  authorizationUrl,
  authorize,
  authorizeForCode,
  CODE_CHALLENGE,
  CODE_VERIFIER,
  claimsOf,
  endedIds,
  hasEnded,
  postForm,
  redeem,
  refresh,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const CALLBACK = 'https://app.example/callback'
const PKCE = { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

type Fields = Record<string, unknown>

/** Registers a client. @returns its requests, including one that changes its registration (RFC 7592 §2.2) */
async function client(metadata: Fields = {}) {
  const sent = { redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token'], ...metadata }
  const headers = { 'Content-Type': 'application/json' }
  const registered = await fetch(`${server.url}/register`, { method: 'POST', headers, body: JSON.stringify(sent) })
  const { client_id, client_secret, registration_client_uri, registration_access_token } =
    (await registered.json()) as { [member: string]: string } & { registration_client_uri: string }
  return {
    credentials: { client_id, client_secret } as { client_id: string; client_secret: string },
    async becomes(changes: Fields) {
      const Authorization = `Bearer ${registration_access_token}`
      const body = JSON.stringify({ client_id, ...sent, ...changes })
      const answer = await fetch(registration_client_uri, {
        method: 'PUT',
        headers: { ...headers, Authorization },
        body,
      })
      expect(answer.status).toBe(200)
    },
    async code(request: Record<string, string> = {}) {
      const location = await authorize(server, { client_id, redirect_uri: CALLBACK, ...request })
      return location.searchParams.get('code') ?? ''
    },
    /** The consent page. */
    async consentPage(browser: TestBrowser, request: Record<string, string> = {}) {
      const url = authorizationUrl(server, { client_id, redirect_uri: CALLBACK, ...request })
      return browser.follow(
        await signIn(server, browser, await browser.follow(await browser.get(url), server.url)),
        server.url,
      )
    },
  }
}

const NOT_REGISTERED = 'this client is no longer registered for any scope that was granted'
const HELD_TO_PKCE = 'the authorization request had no code_challenge; this client must use PKCE'

describe('the current registration of a client decides (RFC 7592 §2.2), also for', () => {
  test.each<[string, Fields, Record<string, string>]>([
    ['that must now use PKCE', { require_pkce: true }, {}],
    ['that is now public', { token_endpoint_auth_method: 'none' }, {}],
    ['that is no longer registered for codes', { grant_types: ['client_credentials'] }, PKCE],
    ['that is no longer registered for a requested scope', { scope: 'calendar.read' }, PKCE],
    ['that has removed the redirect URI', { redirect_uris: [`${CALLBACK}/new`] }, PKCE],
  ])('a request that waits for consent, of a client %s', async (_name, changes, request) => {
    const app = await client()
    const browser = new TestBrowser()
    const consent = await app.consentPage(browser, request)
    expect(consent.status).toBe(200)
    await app.becomes(changes)
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  test.each<[string, Fields]>([
    ['by require_pkce', { require_pkce: true }],
    ['because it is public', { token_endpoint_auth_method: 'none' }],
  ])('a code without a challenge, of a client that must now use PKCE: %s (RFC 9700 §2.1.1)', async (_name, changes) => {
    const app = await client()
    const code = await app.code()
    await app.becomes(changes)
    const secret = 'token_endpoint_auth_method' in changes ? { client_secret: undefined } : {}
    const answer = await redeem(server, code, { ...app.credentials, ...secret, redirect_uri: CALLBACK })
    expect(answer.json).toEqual({ error: 'invalid_grant', error_description: HELD_TO_PKCE })
  })

  test('a code: the token does not contain a removed scope', async () => {
    const app = await client()
    const code = await app.code()
    await app.becomes({ scope: 'calendar.read' })
    const answer = await redeem(server, code, { ...app.credentials, redirect_uri: CALLBACK })
    expect(answer.json.scope).toBe('calendar.read')
    expect(claimsOf(answer.json.access_token).claims.scope).toBe('calendar.read')
  })

  test('a refresh token: the new tokens do not contain a removed scope', async () => {
    const app = await client()
    const first = await redeem(server, await app.code(), { ...app.credentials, redirect_uri: CALLBACK })
    await app.becomes({ scope: 'calendar.read' })
    const next = await refresh(server, first.json.refresh_token, app.credentials)
    expect(next.json.scope).toBe('calendar.read')
    const more = await refresh(server, next.json.refresh_token, { ...app.credentials, scope: 'calendar.write' })
    expect(more.json.error).toBe('invalid_scope')
  })

  test('a grant whose scopes are all removed: it is refused', async () => {
    const app = await client()
    const code = await app.code({ scope: 'calendar.write' })
    const first = await redeem(server, await app.code({ scope: 'calendar.write' }), {
      ...app.credentials,
      redirect_uri: CALLBACK,
    })
    await app.becomes({ scope: 'calendar.read' })
    const refusal = { error: 'invalid_grant', error_description: NOT_REGISTERED }
    expect((await redeem(server, code, { ...app.credentials, redirect_uri: CALLBACK })).json).toEqual(refusal)
    expect((await refresh(server, first.json.refresh_token, app.credentials)).json).toEqual(refusal)
  })

  test('a refresh token of a client that can no longer refresh: it is inactive (RFC 7662 §2.2)', async () => {
    const app = await client()
    const { refresh_token } = (
      await redeem(server, await app.code(PKCE), {
        ...app.credentials,
        redirect_uri: CALLBACK,
        code_verifier: CODE_VERIFIER,
      })
    ).json
    const introspect = () => postForm(server, '/introspect', { token: refresh_token, ...app.credentials })
    expect((await introspect()).json.active).toBe(true)
    await app.becomes({ grant_types: ['authorization_code'] })
    expect((await introspect()).json).toEqual({ active: false })
  })
})

test('a revoked token stays on the list until it expires, even if new tokens get a shorter lifetime', async () => {
  const app = await client()
  const { access_token, refresh_token } = (
    await redeem(server, await app.code(), {
      ...app.credentials,
      redirect_uri: CALLBACK,
    })
  ).json
  const { config } = server.context
  const before = config.accessTokenTtl
  config.accessTokenTtl = 5
  await postForm(server, '/revoke', { token: refresh_token, ...app.credentials })
  server.advance(before - 1)
  expect(await hasEnded(server, access_token)).toBe(true)
  config.accessTokenTtl = before
})

test('a code that is used many times is reported to the resource servers once', async () => {
  const code = await authorizeForCode(server)
  await redeem(server, code)
  const before = (await endedIds(server)).length
  for (let i = 0; i < 3; i++) expect((await redeem(server, code)).json.error).toBe('invalid_grant')
  expect((await endedIds(server)).length).toBe(before + 1)
})
