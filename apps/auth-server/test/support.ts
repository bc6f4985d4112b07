/** Starts the real authorization server on a free port, with a clock that a test can move. */
import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createLog } from '@glasshouse/shared/log'
import { failOnUndescribedAnswers, holdToDescription } from '@glasshouse/shared/testing/described-answers'
import { type Fields, type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../src/app'
import { readConfig } from '../src/config'
import type { Context } from '../src/context'
import { describeServer } from '../src/description/document'
import { openContext } from '../src/open'
import type { Client } from '../src/protocol/client'
import * as clients from '../src/store/clients'
import { migrations } from '../src/store/migrations'
import { hashToken } from '../src/tokens/opaque-token'

export const SECRET = 'tripmate-secret-for-tests-only-0123456789'
export const API_SECRET = 'calendar-api-secret-for-tests-0123456789'
export const REDIRECT_URI = 'http://localhost:4000/callback'

/** The environment variables of a server in production. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  SESSION_SECRET: 'GVbNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
  TRIPMATE_CLIENT_SECRET: 'a2cNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
  CALENDAR_API_SECRET: 'k9dNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
}

/** Every answer of an endpoint that the server's document describes must be as described. Everything else is a page. */
failOnUndescribedAnswers()

export interface TestAuthServer {
  url: string
  context: Context
  /** Moves the server's clock. @param s seconds */
  advance(s: number): void
  stop(): Promise<void>
}

/** @param wrap what `main.ts` puts around the app */
export async function startAuthServer(
  env: Record<string, string> = {},
  wrap: (app: RequestListener, context: Context) => RequestListener = app => app,
): Promise<TestAuthServer> {
  const server = await startTestServer()
  const store = await createTestStore({ service: 'auth-server', migrations })
  const config = readConfig({
    AUTH_SERVER_URL: server.url,
    SESSION_SECRET: 'session-secret-for-tests-only-0123456789',
    TRIPMATE_CLIENT_SECRET: SECRET,
    CALENDAR_API_SECRET: API_SECRET,
    DATA_DIR: store.dataDir,
    ...(store.databaseUrl ? { DATABASE_URL: store.databaseUrl } : {}),
    ...env,
  })
  // The clock stands still until a test moves it, so a busy machine changes no result.
  const began = Date.now()
  let offset = 0
  const { context, close } = await openContext(config, createLog('auth-server', 'silent'), () => began + offset)
  const service = { document: describeServer(config), pages: 'all others' as const, refusalSchema: 'OAuthError' }
  server.answerWith(holdToDescription(wrap(createApp(context), context), service))
  return {
    url: server.url,
    context,
    advance(s) {
      offset += s * 1000
    },
    async stop() {
      context.endedTokens.close()
      await server.stop()
      await close()
      await store.remove()
    },
  }
}

/** The scenario's authorization request, with the changes of a test. An undefined value omits the parameter. */
export function authorizationUrl(server: { url: string }, changes: Record<string, string | undefined> = {}): URL {
  const parameters = {
    response_type: 'code',
    client_id: 'tripmate',
    redirect_uri: REDIRECT_URI,
    scope: 'calendar.read calendar.write',
    state: 'a state to come back',
    ...changes,
  }
  const url = new URL('/authorize', server.url)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

/** Signs in on the sign-in page that a request led to. @returns the next page, or the redirect to the client */
export async function signIn(
  server: { url: string },
  browser: TestBrowser,
  page: Page,
  username = 'alice',
  password = 'wonderland',
): Promise<Page> {
  return browser.follow(await browser.submit(page, { username, password }), server.url)
}

/** The consent page that alice gets for the scenario's request, with the changes of a test. */
export async function consentPageOf(
  server: { url: string },
  browser: TestBrowser,
  changes: Record<string, string | undefined> = {},
): Promise<Page> {
  const url = authorizationUrl(server, { prompt: 'consent', ...changes })
  const page = await browser.follow(await browser.get(url), server.url)
  return page.url.includes('/login') ? signIn(server, browser, page) : page
}

/** Steps 1 to 3, done by alice. @param extra text to append to the URL. @returns the address of the last redirect */
export async function authorize(
  server: { url: string },
  changes: Record<string, string | undefined> = {},
  browser = new TestBrowser(),
  decision: Fields = { decision: 'allow' },
  extra = '',
): Promise<URL> {
  let page = await browser.follow(await browser.get(authorizationUrl(server, changes).href + extra), server.url)
  if (page.url.includes('/login')) page = await signIn(server, browser, page)
  if (page.url.includes('/consent')) page = await browser.submit(page, decision)
  return page.location
}

export async function authorizeForCode(
  server: { url: string },
  changes: Record<string, string | undefined> = {},
  extra = '',
) {
  const location = await authorize(server, changes, undefined, undefined, extra)
  const code = location.searchParams.get('code')
  if (!code) throw new Error(`no code in ${location}`)
  return code
}

/** Adds a client to the store: a confidential client if it has a `secret`, otherwise a public one. */
export async function addClient(
  { context }: TestAuthServer,
  { secret, ...changes }: Partial<Client> & { id: string; secret?: string },
): Promise<void> {
  const client = {
    name: 'Another app',
    redirectUris: [REDIRECT_URI],
    authenticationMethod: secret === undefined ? 'none' : 'client_secret_basic',
    applicationType: 'web',
    grantTypes: ['authorization_code'],
    scope: ['calendar.read', 'calendar.write'],
    requirePkce: false,
    clientUri: undefined,
    logoUri: undefined,
    contacts: [],
    jwks: undefined,
    resource: undefined,
    vouchedFor: true,
    firstParty: false,
    ...(secret === undefined ? { type: 'public' } : { type: 'confidential', secretHash: hashToken(secret) }),
    ...changes,
  } as Client
  await clients.put(context.db, client, 0)
}

/** Adds two clients for the tests of codes and tokens: `other`, with the secret `other-secret`, and `public`. */
export async function addOtherClients(server: TestAuthServer): Promise<void> {
  const grantTypes = ['authorization_code' as const, 'refresh_token' as const]
  await addClient(server, { id: 'other', secret: 'other-secret', grantTypes })
  await addClient(server, { id: 'public', grantTypes })
}

export interface JsonAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: any response body, for a test to check
  json: any
}

/** Keys are parameter names. A list is sent as one parameter for each value; undefined omits the parameter. */
export type FormFields = Record<string, string | string[] | undefined>

export async function postForm(
  server: { url: string },
  path: string,
  fields: FormFields,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  const body = new URLSearchParams()
  for (const [name, values] of Object.entries(fields))
    for (const value of [values ?? []].flat()) body.append(name, value)
  const response = await fetch(new URL(path, server.url), { method: 'POST', body, headers })
  return { status: response.status, headers: response.headers, json: await response.json() }
}

/** The scenario's token request, with the client's id and secret in the body. */
export function redeem(
  server: { url: string },
  code: string,
  changes: FormFields = {},
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  return postForm(
    server,
    '/token',
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      client_id: 'tripmate',
      client_secret: SECRET,
      ...changes,
    },
    headers,
  )
}

export function refresh(server: { url: string }, refreshToken: string, changes: FormFields = {}) {
  return postForm(server, '/token', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: 'tripmate',
    client_secret: SECRET,
    ...changes,
  })
}

/** Steps 1 to 5. */
export async function tokens(server: { url: string }): Promise<{ access_token: string; refresh_token: string }> {
  return (await redeem(server, await authorizeForCode(server))).json
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`
}

export const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' // RFC 7636 Appendix B
export const CODE_CHALLENGE = createHash('sha256').update(CODE_VERIFIER).digest('base64url')
/** The parameters that PKCE adds to an authorization request (RFC 7636 §4.3). */
export const pkce = { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }

/** The list that a resource server polls: the ids of the tokens and families that have ended. */
export async function endedIds(server: { url: string }): Promise<string[]> {
  const response = await fetch(new URL('/ended-tokens?listener=a-test-listener', server.url), {
    headers: { Authorization: basic('calendar-api', API_SECRET) },
  })
  const { ended } = (await response.json()) as { ended: { id: string }[] }
  await fetch(new URL('/ended-tokens?listener=a-test-listener', server.url), {
    method: 'DELETE',
    headers: { Authorization: basic('calendar-api', API_SECRET) },
  })
  return ended.map(entry => entry.id)
}

export function claimsOf(accessToken: string) {
  const [header, payload] = accessToken.split('.').map(part => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header ?? ''), claims: JSON.parse(payload ?? '') }
}

/** Whether the access token, or its family, is on the list of ended tokens. */
export async function hasEnded(server: { url: string }, accessToken: string): Promise<boolean> {
  const { jti } = claimsOf(accessToken).claims
  const ended = await endedIds(server)
  return ended.includes(jti) || ended.includes(jti.split('.')[0])
}
