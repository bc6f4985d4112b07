/**
 * Well-known client libraries, used as in their documentation, against the built services: if one of them refuses a
 * response, the services are wrong. The library is the client, so neither Tripmate nor a Playwright browser is used;
 * alice has a simple browser that keeps cookies and sends forms.
 */
import { randomBytes } from 'node:crypto'
import * as mcp from '@modelcontextprotocol/sdk/client/auth.js'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { AuthorizationCode } from 'simple-oauth2'
import { aliceAllows, CALLBACK, McpApp } from './support/mcp-app'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

test('openid-client can register, and get, refresh, introspect and revoke its tokens', async ({ stack }) => {
  const config = await openid.dynamicClientRegistration(
    new URL(stack.authServer),
    { client_name: 'A reader', redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token'] },
    undefined,
    { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
  )
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const expectedState = openid.randomState()
  const callback = await aliceAllows(
    stack,
    openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'calendar.read',
      state: expectedState,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }),
  )
  const first = await openid.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState })
  const { access_token, refresh_token } = await openid.refreshTokenGrant(config, first.refresh_token ?? '')

  const events = await openid.fetchProtectedResource(config, access_token, eventsOf(stack), 'GET')
  expect(await events.json()).toHaveProperty('items')
  expect(await openid.tokenIntrospection(config, access_token)).toMatchObject({ active: true, scope: 'calendar.read' })

  await openid.tokenRevocation(config, refresh_token ?? '')
  expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false })
  await expect(openid.fetchProtectedResource(config, access_token, eventsOf(stack), 'GET')).rejects.toMatchObject({
    status: 401,
    cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
  })
})

test('oauth4webapi discovers the server from the API, and accepts every response and the access token', async ({
  stack,
}) => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  // The library refuses metadata for another resource than the requested one (RFC 9728 §3.3).
  const discover = async (resource: URL) =>
    oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource, insecure))
  const api = await discover(eventsOf(stack))
  const whole = await discover(new URL(stack.calendarApi))
  const issuer = new URL(api.authorization_servers?.[0] ?? '')
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }),
  )
  const metadata = {
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(as, metadata, insecure),
  )
  const authentication = oauth.ClientSecretBasic(String(client.client_secret))

  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const address = new URL(as.authorization_endpoint ?? '')
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    scope: 'calendar.read',
    resource: api.resource,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()
  const answer = oauth.validateAuthResponse(as, client, await aliceAllows(stack, address), state)
  const first = await oauth.processAuthorizationCodeResponse(
    as,
    client,
    await oauth.authorizationCodeGrantRequest(as, client, authentication, answer, CALLBACK, verifier, insecure),
  )
  const { access_token, refresh_token = '' } = await oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, authentication, first.refresh_token ?? '', insecure),
  )

  const events = await oauth.protectedResourceRequest(
    access_token,
    'GET',
    eventsOf(stack),
    undefined,
    undefined,
    insecure,
  )
  expect(await events.json()).toHaveProperty('items')
  // The checks of a resource server, done by this library: RFC 9068 §4.
  const call = new Request(eventsOf(stack), { headers: { Authorization: `Bearer ${access_token}` } })
  const claims = await oauth.validateJwtAccessToken(as, call, whole.resource, insecure)
  // The token was requested for the events, but is valid for the whole API (RFC 8707 §2).
  expect(api.resource).toBe(eventsOf(stack).href)
  expect(claims).toMatchObject({ aud: stack.calendarApi, client_id: client.client_id, scope: 'calendar.read' })

  const introspect = async () =>
    oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, authentication, access_token, insecure),
    )
  expect(await introspect()).toMatchObject({ active: true, sub: claims.sub })
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, authentication, refresh_token, insecure),
  )
  expect(await introspect()).toEqual({ active: false })
})

test("simple-oauth2 can get, refresh and revoke Tripmate's tokens, with the secret in HTTP Basic", async ({
  stack,
  newcomer,
}) => {
  const client = new AuthorizationCode({
    client: { id: 'tripmate', secret: stack.env.TRIPMATE_CLIENT_SECRET ?? '' },
    auth: { tokenHost: stack.authServer, tokenPath: '/token', authorizePath: '/authorize', revokePath: '/revoke' },
  })
  const redirect_uri = `${stack.clientApp}/callback`
  const state = randomBytes(16).toString('base64url')
  // The library does not make a PKCE pair, but passes on the one it is given.
  const code_verifier = openid.randomPKCECodeVerifier()
  const code_challenge = await openid.calculatePKCECodeChallenge(code_verifier)
  const scope = ['calendar.read', 'calendar.write']
  const request = { redirect_uri, scope, state, code_challenge, code_challenge_method: 'S256' }
  const callback = (await aliceAllows(stack, client.authorizeURL(request), newcomer)).searchParams
  // The library leaves it to the app to check state (RFC 6749 §10.12) and iss (RFC 9207 §2.4).
  expect(callback.get('state')).toBe(state)
  expect(callback.get('iss')).toBe(stack.authServer)
  const tokenRequest = { code: callback.get('code') ?? '', redirect_uri, code_verifier }
  const first = await client.getToken(tokenRequest)
  expect(first.expired()).toBe(false)

  const second = await first.refresh()
  expect(second.token.refresh_token).not.toBe(first.token.refresh_token)
  expect((await readEvents(stack, second.token.access_token)).status).toBe(200)

  await second.revokeAll()
  expect((await readEvents(stack, second.token.access_token)).status).toBe(401)
  await expect(second.refresh()).rejects.toMatchObject({ data: { payload: { error: 'invalid_grant' } } })
})

test("the Model Context Protocol SDK can reach alice's calendar with only the API's URL", async ({ stack }) => {
  const serverUrl = eventsOf(stack)
  const app = new McpApp()
  const { resourceMetadataUrl } = mcp.extractWWWAuthenticateParams(await fetch(serverUrl))
  const options = { serverUrl, ...(resourceMetadataUrl && { resourceMetadataUrl }) }
  const metadata = await (await fetch(resourceMetadataUrl ?? '')).json()
  expect(metadata.resource).toBe(serverUrl.href)

  expect(await mcp.auth(app, options)).toBe('REDIRECT')
  const callback = (await aliceAllows(stack, app.address)).searchParams
  expect(app.address.searchParams.get('resource')).toBe(serverUrl.href)
  expect(callback.get('state')).toBe(app.state())
  expect(await mcp.auth(app, { ...options, authorizationCode: callback.get('code') ?? '' })).toBe('AUTHORIZED')
  const first = app.tokens()
  expect((await readEvents(stack, first?.access_token)).status).toBe(200)

  // With a refresh token, the same call refreshes.
  expect(await mcp.auth(app, options)).toBe('AUTHORIZED')
  expect(app.tokens()?.refresh_token).not.toBe(first?.refresh_token)
  expect((await readEvents(stack, app.tokens()?.access_token)).status).toBe(200)
})

function eventsOf(stack: Stack): URL {
  return new URL('/calendar/events', stack.calendarApi)
}

function readEvents(stack: Stack, token: unknown): Promise<Response> {
  return fetch(eventsOf(stack), { headers: { Authorization: `Bearer ${token}` } })
}
