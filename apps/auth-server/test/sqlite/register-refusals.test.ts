import { CALLBACK, registrationServer } from '../registration'
import { postForm } from '../support'

const { its, register, registered } = registrationServer()

describe('a refused registration names the invalid member (RFC 7591 §3.2.2)', () => {
  test.each([
    ['no redirect_uris', {}],
    ['an empty list', { redirect_uris: [] }],
    ['a string instead of a list', { redirect_uris: CALLBACK }],
    ['a list of numbers', { redirect_uris: [1] }],
    ['too many', { redirect_uris: Array.from({ length: 21 }, (_, n) => `${CALLBACK}/${n}`) }],
    ['a relative URI (RFC 6749 §3.1.2)', { redirect_uris: ['/callback'] }],
    ['a fragment (RFC 6749 §3.1.2)', { redirect_uris: [`${CALLBACK}#`] }],
    ['http, except on loopback (RFC 6749 §3.1.2.1)', { redirect_uris: ['http://app.example/callback'] }],
    ['a host that only looks like loopback', { redirect_uris: ['http://localhost.evil.example/'] }],
    ['a user name that looks like loopback', { redirect_uris: ['http://127.0.0.1@evil.example/'] }],
    ['a user name', { redirect_uris: ['https://app.example@evil.example/'] }],
    ['javascript:', { redirect_uris: ['javascript:alert(1)'] }],
    ['data:', { redirect_uris: ['data:text/html,hello'] }],
    ['a scheme without a dot (RFC 8252 §8.4)', { redirect_uris: ['myapp:/callback'] }],
    ['a wildcard (RFC 9700 §4.1.1)', { redirect_uris: ['https://*.app.example/callback'] }],
    ['a space', { redirect_uris: ['https://app.example/call back'] }],
    ['a line break', { redirect_uris: ['https://app.example/\r\nSet-Cookie:a=b'] }],
    ['https without a host', { redirect_uris: ['https:app.example/callback'] }],
    ['https with one slash', { redirect_uris: ['https:/app.example/callback'] }],
    ['https with three slashes', { redirect_uris: ['https:///app.example/callback'] }],
    ['a host that would end a directive (CSP)', { redirect_uris: ['https://a.example;sandbox/callback'] }],
    ['a host that would count as two (CSP)', { redirect_uris: ['https://a.example,b.example/callback'] }],
    ['a host with a quote', { redirect_uris: ["https://a$'b.example/callback"] }],
    ['a percent sign at the end', { redirect_uris: ['https://app.example/callback?x=100%'] }],
    ['a percent sign without digits', { redirect_uris: ['https://app.example/%zz'] }],
    ['a quotation mark', { redirect_uris: ['https://app.example/a"b'] }],
    ['a curly bracket', { redirect_uris: ['https://app.example/{id}'] }],
    ['a backslash', { redirect_uris: ['https://app.example\\@evil.example/'] }],
    ['a bad URI after a good one', { redirect_uris: [CALLBACK, 'ftp://app.example/'] }],
    ['2,001 characters', { redirect_uris: [`https://app.example/${'x'.repeat(1981)}`] }],
    ['a private-use scheme in a web app', { redirect_uris: ['com.example.app:/cb'], application_type: 'web' }],
  ])('invalid_redirect_uri: %s', async (_name, metadata) => {
    const answer = await register(metadata)
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_redirect_uri'])
    expect(answer.json.error_description).toContain('redirect_uris')
  })

  test.each([
    'https://app.example',
    'https://app.example:8443/callback?a=%2F',
    'HTTPS://App_1.Example/callback',
    'https://[2001:db8::1]/callback',
  ])('%s can be registered', async uri => {
    expect(await registered({ redirect_uris: [uri] })).toMatchObject({ redirect_uris: [uri] })
  })

  test.each(['code', 'state', 'iss', 'error', 'error_description', 'error_uri'])(
    'invalid_redirect_uri: a query with %s, which the response would then contain twice (RFC 6749 §3.1)',
    async name => {
      const answer = await register({ redirect_uris: [CALLBACK, `https://app.example/cb?a=1&${name}=x`] })
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_redirect_uri'])
      expect(answer.json.error_description).toMatch(`redirect_uris[1] has ${name} in its query`)
    },
  )

  test.each([
    ['token_endpoint_auth_method', 'private_key_jwt'],
    ['token_endpoint_auth_method', 1],
    ['grant_types', ['implicit']],
    ['grant_types', []],
    ['grant_types', 'authorization_code'],
    ['response_types', ['token']],
    ['response_types', []],
    ['response_types', ['code', 'code']],
    ['application_type', 'toaster'],
    ['client_name', ''],
    ['client_name', 'x'.repeat(101)],
    ['client_name', 'Tripmate\u202e'],
    ['client_name', 'a\u0000b'],
    ['client_name', ['x']],
    ['client_uri', 'javascript:alert(1)'],
    ['client_uri', 'app.example'],
    ['client_uri', 'https://app.example/ "onclick="'],
    ['logo_uri', 'javascript:alert(1)'],
    ['logo_uri', 'data:image/svg+xml;base64,AAAA'],
    ['logo_uri', 'data:image/png;base64,AAAA'],
    ['logo_uri', `data:image/png;base64,${'A'.repeat(32_000)}`],
    ['scope', 'openid'],
    ['scope', ''],
    ['scope', ['calendar.read']],
    ['contacts', 'dev@app.example'],
    ['contacts', ['a\u0000b']],
    ['contacts', ['']],
    ['contacts', ['x'.repeat(255)]],
    ['contacts', Array(11).fill('x')],
    ['jwks', {}],
    ['jwks', []],
    ['jwks', 'https://app.example/jwks'],
    ['jwks', { keys: [{}] }],
    ['jwks', { keys: [null] }],
    ['jwks', { keys: Array(11).fill({ kty: 'EC' }) }],
    ['jwks', { keys: [{ kty: 'EC', d: 'private' }] }],
    ['jwks', { keys: [{ kty: 'oct', k: 'shared' }] }],
    ['jwks', { keys: [{ kty: 'EC', x: { deep: {} } }] }],
    ['jwks', { keys: [{ kty: 'EC', x: 'a\u0000b' }] }],
    ['jwks', { keys: [{ kty: 'EC', x5c: ['x'.repeat(8001)] }] }],
    ['require_pkce', 'yes'],
  ])('invalid_client_metadata: %s %j', async (member, value) => {
    const answer = await register({ redirect_uris: [CALLBACK], [member]: value })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata'])
    expect(answer.json.error_description).toContain(member)
  })

  test.each([
    ['not JSON', '{"redirect_uris"'],
    ['a list', []],
    ['null', 'null'],
    ['a number', '1'],
  ])('a body that is %s', async (_name, body) => {
    expect((await register(body)).json.error).toBe('invalid_client_metadata')
  })

  test('a body that is a form', async () => {
    const answer = await postForm(its.server, '/register', { redirect_uris: CALLBACK })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata'])
  })

  test('a body of 1 MB', async () => {
    expect((await register({ redirect_uris: [CALLBACK], zebra: 'x'.repeat(1e6) })).status).toBe(413)
  })

  test('inherited properties are not members', async () => {
    expect((await register('{"__proto__":{"redirect_uris":["https://app.example/"]}}')).json.error).toBe(
      'invalid_redirect_uri',
    )
  })

  test('jwks together with jwks_uri (§2)', async () => {
    const answer = await register({
      redirect_uris: [CALLBACK],
      jwks: { keys: [] },
      jwks_uri: 'https://app.example/jwks',
    })
    expect(answer.json).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('jwks_uri'),
    })
  })

  test('client credentials without a secret (RFC 6749 §4.4)', async () => {
    const answer = await register({ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' })
    expect(answer.json).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('grant_types'),
    })
  })

  test('response_types that do not go with grant_types (§2.1)', async () => {
    const answer = await register({ grant_types: ['client_credentials'], response_types: ['code'] })
    expect(answer.json).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('response_types'),
    })
  })
})
