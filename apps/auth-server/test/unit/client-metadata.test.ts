import { readClientMetadata } from '../../src/protocol/client-metadata'
import { OAuthError } from '../../src/protocol/oauth-error'

const CALLBACK = 'https://app.example/callback'
const ADDRESS = 'https://app.example/'

/** Reads a registration that is valid except for these members. */
const read = (changes: Record<string, unknown> = {}) =>
  readClientMetadata({ redirect_uris: [CALLBACK], ...changes }, 'an-id')

/** A URL of this length. */
const long = (length: number) => ADDRESS.padEnd(length, 'x')
const times = <Entry>(count: number, entry: (index: number) => Entry) =>
  Array.from({ length: count }, (_, n) => entry(n))

// RFC 7517 Appendix A.1
const EC_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
}

/** A key of this length in JSON. */
function keyOfLength(length: number) {
  const key = { ...EC_KEY, x5c: [''] }
  return { ...key, x5c: ['x'.repeat(length - JSON.stringify(key).length)] }
}

describe('the limit is accepted, and more is refused (RFC 7591 §2)', () => {
  test.each<[string, unknown, unknown, string]>([
    [
      'redirect_uris',
      times(20, n => `${CALLBACK}/${n}`),
      times(21, n => `${CALLBACK}/${n}`),
      'redirect_uris can have at most 20 entries',
    ],
    ['redirect_uris', [long(2000)], [CALLBACK, long(2001)], 'redirect_uris[1] is too long'],
    ['client_name', 'x'.repeat(100), 'x'.repeat(101), 'client_name must be 1 to 100 visible characters'],
    ['client_uri', long(2000), long(2001), 'client_uri must be an http or https URL of at most 2000 characters'],
    [
      'logo_uri',
      long(2000),
      long(2001),
      'logo_uri must be an http or https URL, or a data: URL of a PNG, JPEG or WebP of at most 32000 characters',
    ],
    [
      'contacts',
      times(10, () => 'x'),
      times(11, () => 'x'),
      'contacts can have at most 10 entries of 1 to 254 characters, such as email addresses',
    ],
    [
      'contacts',
      ['x', 'x'.repeat(254)],
      ['x', 'x'.repeat(255)],
      'contacts can have at most 10 entries of 1 to 254 characters, such as email addresses',
    ],
    [
      'jwks',
      { keys: times(10, () => EC_KEY) },
      { keys: times(11, () => EC_KEY) },
      'jwks must be an object with "keys", an array of at most 10 keys',
    ],
    ['jwks', { keys: [keyOfLength(8000)] }, { keys: [keyOfLength(8001)] }, 'jwks has a key that is too long'],
  ])('%s', (member, most, tooMuch, description) => {
    expect(() => read({ [member]: most })).not.toThrow()
    const code = member === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata'
    expect(() => read({ [member]: tooMuch })).toThrow(new OAuthError(code, description))
  })
})

describe('error_description says what is wrong (RFC 7591 §3.2.2)', () => {
  const AUTHENTICATION = 'token_endpoint_auth_method must be one of client_secret_basic, client_secret_post, none'
  const GRANT_TYPES =
    'grant_types has no supported value; supported values: authorization_code, refresh_token, client_credentials'
  const RESPONSE_TYPES =
    'response_types must contain code once if grant_types contains authorization_code; otherwise it must be empty'
  const CLIENT_URI = 'client_uri must be an http or https URL of at most 2000 characters'
  const SCOPE = 'scope has no supported value; supported values: calendar.read calendar.write'
  const KEYS = 'jwks must be an object with "keys", an array of at most 10 keys'

  test.each<[string, unknown, string]>([
    ['token_endpoint_auth_method', 'private_key_jwt', AUTHENTICATION],
    ['token_endpoint_auth_method', 1, 'token_endpoint_auth_method must be a string'],
    ['grant_types', ['implicit', 'password'], GRANT_TYPES],
    ['grant_types', [], GRANT_TYPES],
    ['grant_types', 'authorization_code', 'grant_types must be an array of strings'],
    ['grant_types', ['authorization_code', 1], 'grant_types must be an array of strings'],
    ['response_types', ['id_token', 'token'], 'response_types has no supported value; supported values: code'],
    ['response_types', [], RESPONSE_TYPES],
    ['response_types', ['code', 'code'], RESPONSE_TYPES],
    ['application_type', 'toaster', 'application_type must be one of web, native'],
    ['client_uri', 'app.example', CLIENT_URI],
    ['client_uri', `view-source:${ADDRESS}`, CLIENT_URI],
    ['client_uri', `x${ADDRESS}`, CLIENT_URI],
    ['scope', 'openid', SCOPE],
    ['scope', ' ', SCOPE],
    ['jwks', 'https://app.example/jwks', KEYS],
    ['jwks', 1, KEYS],
    ['jwks', [], KEYS],
    ['jwks', { keys: {} }, KEYS],
    ['jwks', { keys: [null] }, 'jwks has a key without kty'],
    ['jwks', { keys: [1] }, 'jwks has a key without kty'],
    ['jwks', { keys: [{ kty: 1 }] }, 'jwks has a key without kty'],
    ['jwks', { keys: [EC_KEY, { kty: 'EC' }] }, 'jwks has a key of kty EC without crv'],
    ['jwks', { keys: [{ ...EC_KEY, x: undefined }] }, 'jwks has a key of kty EC without x'],
    ['jwks', { keys: [{ ...EC_KEY, y: { deep: {} } }] }, 'jwks has a key of kty EC without y'],
    ['jwks', { keys: [{ kty: 'RSA', e: 'AQAB' }] }, 'jwks has a key of kty RSA without n'],
    ['jwks', { keys: [{ kty: 'RSA', n: 'x!', e: 'AQAB' }] }, 'jwks has a key of kty RSA without n'],
    ['jwks', { keys: [{ kty: 'RSA', n: '=x', e: 'AQAB' }] }, 'jwks has a key of kty RSA without n'],
    ['jwks', { keys: [{ kty: 'RSA', n: 'x', e: '' }] }, 'jwks has a key of kty RSA without e'],
    ['jwks', { keys: [{ kty: 'OKP', x: 'x' }] }, 'jwks has a key of kty OKP without crv'],
    ['jwks', { keys: [{ kty: 'OKP', crv: 'Ed25519' }] }, 'jwks has a key of kty OKP without x'],
    ['require_pkce', 'yes', 'require_pkce must be true or false'],
  ])('%s %j', (member, value, description) => {
    expect(() => read({ [member]: value })).toThrow(new OAuthError('invalid_client_metadata', description))
  })

  test.each(['https://app.example/cb', [7], { 0: CALLBACK, length: 1 }])('redirect_uris %j', redirect_uris => {
    const refusal = new OAuthError('invalid_redirect_uri', 'redirect_uris must be an array of strings')
    expect(() => read({ redirect_uris })).toThrow(refusal)
  })

  test.each([
    ['com.example.app://user@host/cb', 'contains a user name or a password'],
    ['https://user:password@app.example/cb', 'contains a user name or a password'],
    ['https:app.example/cb?https://app.example/', 'has no host, or a host name with an invalid character'],
    ['https://app.example/%4z', 'contains a character that is not allowed in a URI'],
    ['https://app.example/%z4', 'contains a character that is not allowed in a URI'],
  ])('redirect_uris with %s', (uri, why) => {
    expect(() => read({ redirect_uris: [uri] })).toThrow(
      new OAuthError('invalid_redirect_uri', `redirect_uris[0] ${why}`),
    )
  })

  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])(
    'a key with the private or shared member %s (RFC 7518 §6)',
    member => {
      const description = 'jwks has a private or shared key; send only public keys'
      const keys = [EC_KEY, { kty: 'RSA', n: 'x', e: 'AQAB', [member]: 'x' }]
      expect(() => read({ jwks: { keys } })).toThrow(new OAuthError('invalid_client_metadata', description))
    },
  )

  test('keys with unknown members or types are accepted (RFC 7517 §4, §5)', () => {
    const keys = [
      { ...EC_KEY, ext: true, key_ops: ['verify'], iat: 17 },
      { kty: 'AKP', pub: 'x' },
    ]
    expect(read({ jwks: { keys } })).toMatchObject({ jwks: { keys } })
  })

  test.each([
    ['an array', []],
    ['null', null],
    ['text', '{}'],
  ])('a body that is %s', (_name, body) => {
    const description = 'the body must be a JSON object'
    expect(() => readClientMetadata(body, 'an-id')).toThrow(new OAuthError('invalid_client_metadata', description))
  })

  test('jwks together with jwks_uri (§2)', () => {
    const description = 'jwks cannot be sent together with jwks_uri'
    const both = { jwks: { keys: [] }, jwks_uri: 'https://app.example/jwks' }
    expect(() => read(both)).toThrow(new OAuthError('invalid_client_metadata', description))
  })

  test('client credentials without a secret (RFC 6749 §4.4)', () => {
    const description = 'grant_types must not include client_credentials if token_endpoint_auth_method is none'
    const both = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' }
    expect(() => read(both)).toThrow(new OAuthError('invalid_client_metadata', description))
  })
})

describe('the default for application_type (RFC 8252 §7)', () => {
  test.each([
    ['web', 'https', ['https://app.example/cb'], {}],
    ['web', 'a port, which is not mistaken for a scheme', ['https://app.example:8443/cb'], {}],
    ['web', 'localhost, with a secret', ['http://localhost:3000/cb'], {}],
    ['web', 'no redirect URI', [], { grant_types: ['client_credentials'] }],
    ['native', 'localhost, without a secret', ['http://localhost:3000/cb'], { token_endpoint_auth_method: 'none' }],
    ['native', 'a loopback address', ['http://127.0.0.1:3000/cb'], {}],
    ['native', 'a private-use scheme', ['com.example.app:/cb'], {}],
    ['native', 'one native redirect URI among others', ['https://app.example/cb', 'com.example.app:/cb'], {}],
  ])('%s: %s', (applicationType, _name, redirectUris, changes) => {
    expect(read({ redirect_uris: redirectUris, ...changes })).toMatchObject({ applicationType, redirectUris })
  })
})

test.each(['http://app.example/', 'HTTPS://app.example/'])('client_uri may be %s (RFC 7591 §2)', clientUri => {
  expect(read({ client_uri: clientUri })).toMatchObject({ clientUri })
})
