/** Starts the real authorization server on a free port, with a clock that a test can move. */
import { createHash } from 'node:crypto'
import { createLog } from '@glasshouse/shared/log'
import { type Fields, type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../src/app'
import { readConfig } from '../src/config'
import type { Context } from '../src/context'
import { openContext } from '../src/open'
import type { Client } from '../src/protocol/client'
import * as clients from '../src/store/clients'
import { hashToken } from '../src/tokens/opaque-token'

export const SECRET = 'tripmate-secret-for-tests-only-0123456789'
export const API_SECRET = 'calendar-api-secret-for-tests-0123456789'
export const REDIRECT_URI = 'http://localhost:4000/callback'

/** An environment that the server starts in for people who are real. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  SESSION_SECRET: 'GVbNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
  TRIPMATE_CLIENT_SECRET: 'a2cNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
  CALENDAR_API_SECRET: 'k9dNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3',
}

export interface TestAuthServer {
  url: string
  context: Context
  /** Moves the server's clock. @param s seconds */
  advance(s: number): void
  stop(): Promise<void>
}

export async function startAuthServer(env: Record<string, string> = {}): Promise<TestAuthServer> {
  const server = await startTestServer()
  const store = await createTestStore()
  const config = readConfig({
    AUTH_SERVER_URL: server.url,
    SESSION_SECRET: 'session-secret-for-tests-only-0123456789',
    TRIPMATE_CLIENT_SECRET: SECRET,
    CALENDAR_API_SECRET: API_SECRET,
    DATA_DIR: store.dataDir,
    ...(store.databaseUrl ? { DATABASE_URL: store.databaseUrl } : {}),
    ...env,
  })
  // It stands still until it is moved: how busy the machine is changes nothing.
  const began = Date.now()
  let offset = 0
  const { context, close } = await openContext(config, createLog('auth-server', 'silent'), () => began + offset)
  server.answerWith(createApp(context))
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

/** The scenario's authorization request, with whatever a test changes. An undefined value leaves a parameter out. */
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

/** Signs in on the page that a request has led to. The answer is the next page, or the redirect to the client. */
export async function signIn(
  server: { url: string },
  browser: TestBrowser,
  page: Page,
  username = 'alice',
  password = 'wonderland',
): Promise<Page> {
  return browser.follow(await browser.submit(page, { username, password }), server.url)
}

/** The consent page for the scenario's request, with whatever a test changes, as alice gets it. */
export async function consentPageOf(
  server: { url: string },
  browser: TestBrowser,
  changes: Record<string, string | undefined> = {},
): Promise<Page> {
  const url = authorizationUrl(server, { prompt: 'consent', ...changes })
  const page = await browser.follow(await browser.get(url), server.url)
  return page.url.includes('/login') ? signIn(server, browser, page) : page
}

/** Steps 1 to 3 as alice does them. @param extra what to put behind the URL. @returns where the browser is sent in the end */
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

/** Enters a client into the store: a public one, or with a `secret` a confidential one. */
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
    ...(secret === undefined ? { type: 'public' } : { type: 'confidential', secretHash: hashToken(secret) }),
    ...changes,
  } as Client
  await clients.put(context.db, client, 0)
}

/** The clients that tests of codes and tokens meet beside Tripmate: `other` with the secret `other-secret`, and `public`. */
export async function addOtherClients(server: TestAuthServer): Promise<void> {
  const grantTypes = ['authorization_code' as const, 'refresh_token' as const]
  await addClient(server, { id: 'other', secret: 'other-secret', grantTypes })
  await addClient(server, { id: 'public', grantTypes })
}

export interface JsonAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look at
  json: any
}

/** By wire name. A list is sent as one parameter for each value, undefined as none. */
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

/** The scenario's token request: the client's id and secret in the body. */
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
/** What an authorization request with PKCE adds (RFC 7636 §4.3). */
export const pkce = { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }

/** What a copy of the resource server would hear: ids of tokens and families that have ended. */
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

/** Whether the access token is on the list that every copy of the resource server keeps. */
export async function hasEnded(server: { url: string }, accessToken: string): Promise<boolean> {
  const { jti } = claimsOf(accessToken).claims
  const ended = await endedIds(server)
  return ended.includes(jti) || ended.includes(jti.split('.')[0])
}
