/**
 * A single-page app without a server or a secret. It opens the sign-in in a new window, gets the response from that
 * window, and calls both services from its own origin, with only what every browser has.
 */
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { allow, signIn } from './support/people'
import { expect, test } from './support/test'

test('a single-page app signs a user in through a new window, and reads the user’s calendar', async ({
  page,
  request,
  stack,
  newcomer,
}) => {
  const app = await startTestServer()
  app.answerWith((asked, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(asked.url?.startsWith('/callback') ? CALLBACK_PAGE : APP_PAGE)
  })
  const redirect_uri = `${app.url}/callback`
  const registered = await request.post(`${stack.authServer}/register`, {
    data: { redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' },
  })
  const { client_id } = await registered.json()

  await page.goto(app.url)
  const opened = page.waitForEvent('popup')
  const calendar = page.evaluate(connect, { ...stackOf(stack), client_id, redirect_uri })
  const popup = await opened
  await signIn(popup, newcomer)
  await allow(popup)
  expect(await calendar).toHaveProperty('items')
  await app.stop()
})

const stackOf = ({ authServer, calendarApi }: { authServer: string; calendarApi: string }) => ({
  authServer,
  calendarApi,
})

const APP_PAGE = '<!doctype html><title>App</title><h1>App</h1>'
const CALLBACK_PAGE = '<!doctype html><title>Back</title><script>opener.postMessage(location.search, origin)</script>'

/** Runs in the page. */
async function connect(app: { authServer: string; calendarApi: string; client_id: string; redirect_uri: string }) {
  const base64url = (bytes: Uint8Array) =>
    btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  const code_verifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code_verifier))

  const { client_id, redirect_uri } = app
  const metadata = await (await fetch(`${app.authServer}/.well-known/oauth-authorization-server`)).json()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri,
    scope: 'calendar.read',
    state: 'xyz',
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  })
  const answered = new Promise<string>(resolve => addEventListener('message', event => resolve(event.data)))
  const popup = open(`${metadata.authorization_endpoint}?${query}`, 'sign-in', 'popup')
  const code = new URLSearchParams(await answered).get('code') ?? ''
  popup?.close()

  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri, client_id, code_verifier })
  const tokens = await (await fetch(metadata.token_endpoint, { method: 'POST', body })).json()
  const headers = { Authorization: `Bearer ${tokens.access_token}` }
  return (await fetch(`${app.calendarApi}/calendar/events`, { headers })).json()
}
