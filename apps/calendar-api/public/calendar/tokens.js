// Steps 4, 5 and 7 for this page. The tokens are in two variables of this module and nowhere else: not in storage, where any
// script of the origin could read them later, and not in an address. They end with the page (docs/decisions/owners-page.md).

import { post, readMetadata, redirectUri } from './authorization-server.js'

/** The access token is replaced so long before it expires, in milliseconds. */
const EARLY_MS = 30_000

let accessToken
let expiresAt = 0
let refreshToken
let refreshing

/** The user has to sign in again. */
export class SignedOut extends Error {
  constructor() {
    super('You are signed out. Copy what you have written, close this, and sign in again.')
  }
}

/** Steps 4 and 5. @throws SignedOut if the code is refused */
export function redeem(code, verifier) {
  return request({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier })
}

/**
 * @param refused an access token that the API did not accept
 * @returns an access token that is not that one
 * @throws SignedOut if there is none; TypeError if the authorization server cannot be reached
 */
export async function getAccessToken(refused) {
  if (accessToken && accessToken !== refused && Date.now() < expiresAt - EARLY_MS) return accessToken
  // Step 7, once however many ask: a refresh token works once.
  refreshing ??= refresh().finally(() => {
    refreshing = undefined
  })
  await refreshing
  return accessToken
}

async function refresh() {
  if (!refreshToken) throw new SignedOut()
  await request({ grant_type: 'refresh_token', refresh_token: refreshToken })
}

async function request(fields) {
  const { token_endpoint } = await readMetadata()
  const sentAt = Date.now()
  const response = await post(token_endpoint, fields)
  if (response.status >= 500 || response.status === 429) throw new TypeError('The authorization server is not ready.')
  if (!response.ok) {
    forget()
    throw new SignedOut()
  }
  const answer = await response.json()
  accessToken = answer.access_token
  refreshToken = answer.refresh_token ?? refreshToken
  expiresAt = sentAt + answer.expires_in * 1000
}

/** Ends the tokens at the authorization server too (RFC 7009): with the refresh token, the access token ends. */
export async function revoke() {
  const token = refreshToken
  forget()
  if (!token) return
  const { revocation_endpoint } = await readMetadata()
  // It is sent even if the page is closed meanwhile.
  await post(revocation_endpoint, { token, token_type_hint: 'refresh_token' }, { keepalive: true })
}

function forget() {
  accessToken = undefined
  refreshToken = undefined
  expiresAt = 0
}
