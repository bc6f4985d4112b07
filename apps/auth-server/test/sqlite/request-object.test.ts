/** Request objects (RFC 9101, OpenID Connect Core §6) are not supported, and the error says so. */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, REDIRECT_URI, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

const REQUEST = { request: 'eyJhbGciOiJub25lIn0.e30.' }
const REQUEST_URI = { request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c' }
const [NO_REQUEST, NO_REQUEST_URI] = ['request_not_supported', 'request_uri_not_supported']

describe('the error is sent by redirect, with state and iss (OpenID Connect Core §3.1.2.6)', () => {
  test.each([
    ['request', NO_REQUEST, REQUEST],
    ['request_uri', NO_REQUEST_URI, REQUEST_URI],
    ['both', NO_REQUEST, { ...REQUEST, ...REQUEST_URI }],
    [
      'request, with client_id as the only other parameter',
      NO_REQUEST,
      { ...REQUEST, response_type: undefined, scope: undefined, redirect_uri: undefined },
    ],
    ['request_uri with an unsupported response_type', NO_REQUEST_URI, { ...REQUEST_URI, response_type: 'token' }],
    ['request_uri with prompt=none', NO_REQUEST_URI, { ...REQUEST_URI, prompt: 'none' }],
  ])('%s: %s', async (_what, error, changes) => {
    const url = authorizationUrl(server, changes)
    const [byGet, byPost] = [await new TestBrowser().get(url), await post(url)]
    expect([byGet.status, byPost.status]).toEqual([302, 303])
    for (const { location } of [byGet, byPost]) {
      expect(location.origin + location.pathname).toBe(REDIRECT_URI)
      expect(Object.fromEntries(location.searchParams)).toMatchObject({
        error,
        error_description: expect.stringContaining('is not supported; send the parameters themselves'),
        state: 'a state to come back',
        iss: server.url,
      })
    }
  })
})

test.each([
  ['an unknown client', { client_id: 'nobody' }],
  ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example/' }],
])('the error is never sent by redirect for %s (RFC 6749 §4.1.2.1)', async (_what, changes) => {
  const url = authorizationUrl(server, { ...REQUEST, ...changes })
  for (const page of [await new TestBrowser().get(url), await post(url)]) {
    expect([page.status, page.headers.get('location')]).toEqual([400, null])
    expect(page.body).toContain('This link cannot be trusted')
  }
})

test('a parameter without a value counts as omitted (RFC 6749 §3.1)', async () => {
  const page = await new TestBrowser().get(authorizationUrl(server, { request: '', request_uri: '' }))
  expect([page.status, page.location.pathname]).toEqual([303, '/login'])
})

test('the metadata says that they are not supported (OpenID Connect Discovery §3)', async () => {
  const response = await fetch(`${server.url}/.well-known/oauth-authorization-server`)
  expect(await response.json()).toMatchObject({
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  })
})

function post(url: URL) {
  return new TestBrowser().post(`${server.url}/authorize`, Object.fromEntries(url.searchParams))
}
