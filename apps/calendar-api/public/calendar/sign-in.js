// Steps 1 to 3 for this page: it goes to the authorization server as a whole, and comes back with a code.
//
// Between the two, `state` and the code verifier wait in this tab's session storage. They open nothing without the code, and
// are removed as soon as the page is back. Tokens are never stored (tokens.js).

import { clientId, issuer, readMetadata, redirectUri } from './authorization-server.js'
import { challengeOf, randomText } from './pkce.js'

const ATTEMPT = 'calendar.sign-in'
const SIGNED_OUT = 'calendar.signed-out'
const SCOPE = 'calendar.read calendar.write'

/**
 * Step 1. The page is left.
 * @param quietly only if the user is signed in at the authorization server already: otherwise it answers `login_required`
 *   without a page (OpenID Connect Core §3.1.2.1, prompt=none)
 */
export async function goToSignIn({ quietly }) {
  const { authorization_endpoint } = await readMetadata()
  const attempt = {
    state: randomText(),
    verifier: randomText(),
    returnTo: location.pathname + location.search,
  }
  sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt))
  sessionStorage.removeItem(SIGNED_OUT)
  const address = new URL(authorization_endpoint)
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: SCOPE,
    state: attempt.state,
    code_challenge: await challengeOf(attempt.verifier),
    code_challenge_method: 'S256',
    ...(quietly && { prompt: 'none' }),
  })
  location.replace(address) // Back leads to where the user was before, not to a page that leads here again
}

/**
 * Step 3: reads the response out of the address, and removes it from there and from the history first.
 * @returns undefined if this is not a response; `{ code, verifier }`; or `{ error }`, and what to tell the user
 */
export function readResponse() {
  if (location.pathname !== new URL(redirectUri).pathname) return undefined
  const response = new URLSearchParams(location.search)
  const attempt = takeAttempt()
  history.replaceState(null, '', attempt?.returnTo ?? '/')

  // RFC 6749 §10.12: the response belongs to a request of this tab.
  if (!attempt || response.get('state') !== attempt.state) {
    return { error: 'state', text: 'This sign-in was not started in this tab, or was answered before. Sign in again.' }
  }
  // RFC 9207 §2.4: it comes from the authorization server that the request was sent to.
  if (response.get('iss') !== issuer) {
    return {
      error: 'iss',
      text: 'The response came from another authorization server. Nothing was opened. Sign in again.',
    }
  }
  const code = response.get('code')
  if (code) return { code, verifier: attempt.verifier }
  const error = response.get('error') ?? 'unknown'
  if (error === 'login_required') return { error, text: '' }
  return { error, text: `Glasshouse Accounts did not sign you in (${error}). Try again.` }
}

/** One response for each attempt: what is taken is gone. */
function takeAttempt() {
  const text = sessionStorage.getItem(ATTEMPT)
  sessionStorage.removeItem(ATTEMPT)
  return text ? JSON.parse(text) : undefined
}

/** After signing out, a reload must not sign the user in again without being asked. */
export function rememberSignedOut() {
  sessionStorage.setItem(SIGNED_OUT, 'yes')
}

export function isSignedOut() {
  return sessionStorage.getItem(SIGNED_OUT) !== null
}
