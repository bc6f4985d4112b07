/** An ETag is for responses that a cache keeps (RFC 9110 §8.8.3), which no-store forbids (RFC 9111 §5.2.2.5). */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { bearer, CALLBACK, registrationServer, send } from '../registration'
import { API_SECRET, basic, postForm, redeem, refresh, SECRET, tokens } from '../support'

const { its, register, registered } = registrationServer()

const CLIENT = { client_id: 'tripmate', client_secret: SECRET }

describe('a response that must not be cached has no ETag', () => {
  test.each([
    ['a token response', async () => refresh(its.server, (await tokens(its.server)).refresh_token)],
    ['an error of the token endpoint', async () => redeem(its.server, 'no-code')],
    ['an introspection', async () => postForm(its.server, '/introspect', { ...CLIENT, token: 'x' })],
    ['a revocation', async () => postForm(its.server, '/revoke', { ...CLIENT, token: 'x' })],
    ['a registration', async () => register({ redirect_uris: [CALLBACK] })],
    [
      'reading a registration',
      async () => {
        const client = await registered()
        return send('GET', client.registration_client_uri, undefined, bearer(client.registration_access_token))
      },
    ],
    [
      'the list of ended tokens',
      () =>
        send('GET', `${its.server.url}/ended-tokens?listener=a-test-of-etags`, undefined, {
          Authorization: basic('calendar-api', API_SECRET),
        }),
    ],
    ['a page', () => new TestBrowser().get(`${its.server.url}/login`)],
  ])('%s', async (_what, ask) => {
    const { headers } = await ask()
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null])
  })
})

test.each(['/.well-known/oauth-authorization-server', '/jwks', '/openapi.json'])(
  '%s has an ETag: a cache that has the same response gets 304 (RFC 9110 §15.4.5)',
  async path => {
    const first = await fetch(its.server.url + path)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    // fetch() would add no-cache, which asks for the full response.
    const asCache = (tag: string) => ({ headers: { 'If-None-Match': tag, 'Cache-Control': 'max-age=0' } })
    const again = await fetch(its.server.url + path, asCache(etag))
    expect([again.status, await again.text()]).toEqual([304, ''])
    const changed = await fetch(its.server.url + path, asCache('"another"'))
    expect([changed.status, await changed.json()]).toEqual([200, await first.json()])
  },
)
