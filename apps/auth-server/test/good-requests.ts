/** Requests that are fine as they are, for the tests that then get something wrong about them. */
import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, CODE_CHALLENGE, REDIRECT_URI, SECRET, signIn, type TestAuthServer } from './support'

export const CLIENT = { client_id: 'tripmate', client_secret: SECRET }

export const METADATA = {
  redirect_uris: ['https://app.example/cb'],
  client_name: 'An app',
  client_uri: 'https://app.example/',
  logo_uri: 'https://app.example/logo.png',
  contacts: ['a@app.example'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
  application_type: 'web',
  scope: 'calendar.read',
  require_pkce: true,
  jwks: { keys: [] },
}
export const AUTHORIZATION_REQUEST = {
  response_type: 'code',
  client_id: 'tripmate',
  redirect_uri: REDIRECT_URI,
  scope: 'calendar.read',
  state: 'a state',
  code_challenge: CODE_CHALLENGE,
  code_challenge_method: 'S256',
  prompt: 'consent',
  resource: 'http://localhost:4002',
}

/** What the forms of a signed-in person need, while her consent is being asked for. */
export interface Session {
  headers: { Cookie: string }
  antiForgeryField: string
  /** The id of the request that waits for consent. */
  pendingRequest: string
}

export async function openSession(server: TestAuthServer): Promise<Session> {
  const browser = new TestBrowser()
  const login = await browser.follow(await browser.get(authorizationUrl(server, { prompt: 'consent' })), server.url)
  const consent = await signIn(server, browser, login)
  const form = readForms(consent).find(({ names }) => names.includes('decision'))
  return {
    headers: { Cookie: `glasshouse-accounts.sid=${browser.cookie(server.url, 'glasshouse-accounts.sid')}` },
    antiForgeryField: String(form?.fields._csrf),
    pendingRequest: String(form?.fields.request),
  }
}
