import type { Client } from '../../src/protocol/client'
import { readClientCredentials } from '../../src/protocol/client-authentication'
import { OAuthError } from '../../src/protocol/oauth-error'
import { readParameters } from '../../src/protocol/parameters'
import { readCodeChallenge, verifyCodeVerifier } from '../../src/protocol/pkce'
import { parsePrompt } from '../../src/protocol/prompt'
import { isPrivateUse, matchRedirectUri, redirectTo } from '../../src/protocol/redirect-uri'
import {
  formatAudience,
  narrowAudience,
  parseAudience,
  readAudience,
  requireMeaning,
} from '../../src/protocol/resource'
import { formatScope, includesScope, KNOWN_SCOPES, parseScope } from '../../src/protocol/scope'

// RFC 7636 Appendix B
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

describe('scope (RFC 6749 §3.3)', () => {
  test.each([
    ['calendar.read', 'calendar.read'],
    ['calendar.write calendar.read', 'calendar.read calendar.write'],
    ['calendar.read calendar.read', 'calendar.read'],
    ['', ''],
  ])('%p is %p', (text, expected) => expect(formatScope(parseScope(text))).toBe(expected))

  test.each(['admin', 'Calendar.read', 'calendar.read,calendar.write', 'calendar.read\tcalendar.write'])(
    '%p is unknown',
    text => {
      const description = 'scope has an unknown value; known values: calendar.read calendar.write'
      expect(() => parseScope(text)).toThrow(new OAuthError('invalid_scope', description))
    },
  )

  test('a scope includes its parts, but not the reverse', () => {
    expect(includesScope(['calendar.read', 'calendar.write'], ['calendar.read'])).toBe(true)
    expect(includesScope(['calendar.read'], ['calendar.read', 'calendar.write'])).toBe(false)
    expect(includesScope(['calendar.read'], [])).toBe(true)
  })
})

describe('PKCE (RFC 7636)', () => {
  const read = (query: string, required = false) => readCodeChallenge(readParameters(query), required)

  test('the challenge of Appendix B', () => {
    expect(read(`code_challenge=${CHALLENGE}&code_challenge_method=S256`)).toBe(CHALLENGE)
  })
  test('a challenge can be omitted, unless it is required', () => {
    expect(read('')).toBeUndefined()
    const description = 'code_challenge is missing; this client must use PKCE'
    expect(() => read('', true)).toThrow(new OAuthError('invalid_request', description))
  })
  const NOT_S256 = 'code_challenge_method must be S256; no other method is supported'
  const NOT_A_HASH = 'code_challenge must be 43 base64url characters without padding'
  test.each([
    [`code_challenge=${CHALLENGE}`, NOT_S256],
    [`code_challenge=${CHALLENGE}&code_challenge_method=plain`, NOT_S256],
    [`code_challenge=${CHALLENGE}&code_challenge_method=s256`, NOT_S256],
    [`code_challenge=${CHALLENGE}%3D&code_challenge_method=S256`, NOT_A_HASH],
    [`code_challenge=%3D${CHALLENGE}&code_challenge_method=S256`, NOT_A_HASH],
    [`code_challenge=${CHALLENGE.slice(1)}&code_challenge_method=S256`, NOT_A_HASH],
    ['code_challenge_method=S256', 'code_challenge is missing'],
  ])('%s is refused', (query, description) =>
    expect(() => read(query)).toThrow(new OAuthError('invalid_request', description)),
  )

  test('the verifier of Appendix B', () => {
    expect(() => verifyCodeVerifier(CHALLENGE, VERIFIER, true)).not.toThrow()
  })
  const NO_MATCH = 'code_verifier does not match the code_challenge; the code is used up, so get a new one'
  const NO_VERIFIER = 'code_verifier must be 43 to 128 unreserved characters'
  test.each([
    ['a wrong verifier', CHALLENGE, VERIFIER.replace('d', 'D'), NO_MATCH],
    [
      'no verifier for a challenge',
      CHALLENGE,
      undefined,
      'code_verifier is missing; the authorization request had a code_challenge',
    ],
    [
      'a verifier without a challenge',
      undefined,
      VERIFIER,
      'code_verifier was sent, but the authorization request had no code_challenge',
    ],
    ['a verifier of 42 characters', CHALLENGE, VERIFIER.slice(1), NO_VERIFIER],
    ['a wrong verifier of 128 characters', CHALLENGE, 'a'.repeat(128), NO_MATCH],
    ['a verifier of 129 characters', CHALLENGE, 'a'.repeat(129), NO_VERIFIER],
    ['a verifier with a reserved character at the end', CHALLENGE, `${VERIFIER}=`, NO_VERIFIER],
    ['a verifier with a reserved character at the beginning', CHALLENGE, `=${VERIFIER}`, NO_VERIFIER],
  ])('%s is refused', (_name, challenge, verifier, description) => {
    expect(() => verifyCodeVerifier(challenge, verifier, false)).toThrow(new OAuthError('invalid_grant', description))
  })
  test('a request without challenge and verifier is accepted', () =>
    expect(() => verifyCodeVerifier(undefined, undefined, false)).not.toThrow())
  test('a request without a challenge is refused if the client must use PKCE', () => {
    const description = 'the authorization request had no code_challenge; this client must use PKCE'
    const refusal = new OAuthError('invalid_grant', description)
    for (const verifier of [undefined, VERIFIER]) {
      expect(() => verifyCodeVerifier(undefined, verifier, true)).toThrow(refusal)
    }
  })
})

describe('redirect URIs (RFC 6749 §3.1.2)', () => {
  const client = (...redirectUris: string[]) => ({ redirectUris }) as unknown as Client
  const native = (...redirectUris: string[]) => ({ redirectUris, applicationType: 'native' }) as unknown as Client

  test.each([
    ['the same', ['https://a.example/cb'], 'https://a.example/cb', 'https://a.example/cb'],
    ['omitted, with one registered', ['https://a.example/cb'], undefined, 'https://a.example/cb'],
    ['omitted, with two registered', ['https://a.example/1', 'https://a.example/2'], undefined, undefined],
    ['the second of two', ['https://a.example/1', 'https://a.example/2'], 'https://a.example/2', 'https://a.example/2'],
    ['a longer path', ['https://a.example/cb'], 'https://a.example/cb/', undefined],
    ['another case', ['https://a.example/cb'], 'https://A.example/cb', undefined],
    ['the default port', ['https://a.example/cb'], 'https://a.example:443/cb', undefined],
    ['an encoded letter', ['https://a.example/cb'], 'https://a.example/%63b', undefined],
  ])('%s', (_name, registered, requested, expected) => {
    expect(matchRedirectUri(client(...registered), requested)).toBe(expected)
  })

  test('a native app’s port may vary only in the host, not in the query (RFC 8252 §7.3)', () => {
    const inQuery = (port: number) => `https://a.example/cb?to=http://127.0.0.1:${port}/`
    expect(matchRedirectUri(native('http://127.0.0.1:1/cb'), 'http://127.0.0.1:2/cb')).toBe('http://127.0.0.1:2/cb')
    expect(matchRedirectUri(native(inQuery(1)), inQuery(2))).toBeUndefined()
  })

  test.each([
    ['com.example.app:/cb', true],
    ['com.example:/cb', true],
    ['myapp:/cb', false],
    ['https://app.example:8443/cb', false],
  ])('whether %s has a private-use scheme: %p (RFC 8252 §7.1)', (uri, expected) => {
    expect(isPrivateUse(uri)).toBe(expected)
  })

  test('parameters are added, and the existing query is kept', () => {
    expect(redirectTo('https://a.example/cb', { code: 'x y', state: undefined })).toBe('https://a.example/cb?code=x+y')
    expect(redirectTo('https://a.example/cb?a=1', { code: 'x' })).toBe('https://a.example/cb?a=1&code=x')
  })

  test('nothing in a state can break out of the query', () => {
    expect(redirectTo('https://a.example/', { state: 'x&code=stolen#f\r\nSet-Cookie: a=b' })).toBe(
      'https://a.example/?state=x%26code%3Dstolen%23f%0D%0ASet-Cookie%3A+a%3Db',
    )
  })
})

describe('resource (RFC 8707)', () => {
  const api = 'http://localhost:4002'
  const photos = 'https://photos.example'
  const known = [api, photos]
  const servers = [
    { identifier: api, scope: KNOWN_SCOPES },
    { identifier: photos, scope: ['calendar.read' as const] },
  ]

  test.each([[api], [`${api}/`], [`${api}/calendar/events`]])('%s means the calendar (§2)', resource => {
    expect(readAudience([resource], servers)).toEqual([api])
  })

  test('an identifier with a path covers itself and everything under it (§2)', () => {
    const withPath = 'https://apis.example/calendar'
    const one = [{ identifier: withPath, scope: KNOWN_SCOPES }]
    expect(readAudience([withPath], one)).toEqual([withPath])
    expect(readAudience([`${withPath}/events`], one)).toEqual([withPath])
    expect(() => readAudience([`${withPath}s`], one)).toThrow('invalid_target')
  })

  test('several resources each count once (§2)', () => {
    expect(readAudience([`${photos}/a`, api, photos], servers)).toEqual([api, photos])
    expect(readAudience([], servers)).toBeUndefined()
  })

  const NOT_KNOWN = 'resource is unknown; use http://localhost:4002 or https://photos.example, or a URL under it'
  const NO_URI = 'resource must be an absolute URI without a fragment'
  test.each([
    ['http://localhost:40020', NOT_KNOWN],
    ['http://localhost:4002.evil.example/', NO_URI],
    ['http://localhost:4002@evil.example/', NOT_KNOWN],
    ['http://user@localhost:4002/', NOT_KNOWN],
    ['http://localhost:4001', NOT_KNOWN],
    ['localhost:4002', NOT_KNOWN],
    ['/calendar', NO_URI],
    [` ${api}`, NO_URI],
    [`${api} `, NO_URI],
    [`${api}/#fragment`, NO_URI],
    [`${api}/#`, NO_URI],
  ])('%p is invalid_target (§2)', (resource, description) =>
    expect(() => readAudience([api, resource], servers)).toThrow(new OAuthError('invalid_target', description)),
  )

  test('a token request can narrow the audience, but not widen it (§2.2)', () => {
    expect(narrowAudience(known, undefined)).toEqual(known)
    expect(narrowAudience(known, [photos])).toEqual([photos])
    const description = 'resource asks for more than was granted'
    expect(() => narrowAudience([api], known)).toThrow(new OAuthError('invalid_target', description))
  })

  test('every resource that a token is for must know each of its scopes (RFC 9068 §2.2.3)', () => {
    requireMeaning(['calendar.read'], known, servers)
    requireMeaning(KNOWN_SCOPES, [api], servers)
    const refusal = new OAuthError('invalid_scope', 'scope has a value that the resource does not understand')
    expect(() => requireMeaning(KNOWN_SCOPES, [photos], servers)).toThrow(refusal)
    expect(() => requireMeaning(KNOWN_SCOPES, known, servers)).toThrow(refusal)
  })

  test('an audience can be stored and read back', () => {
    expect(parseAudience(formatAudience(known))).toEqual(known)
    expect(parseAudience(api)).toEqual([api])
  })
})

describe('prompt', () => {
  test.each([
    [undefined, { none: false, login: false, consent: false }],
    ['none', { none: true, login: false, consent: false }],
    ['login consent', { none: false, login: true, consent: true }],
    ['select_account', { none: false, login: true, consent: false }],
    [' consent ', { none: false, login: false, consent: true }],
  ])('%p', (text, expected) => expect(parsePrompt(text)).toEqual(expected))
  test.each([
    ['none login', 'prompt=none cannot be combined with another value'],
    ['x', 'prompt has an unknown value; known values: none login consent select_account'],
    ['login x', 'prompt has an unknown value; known values: none login consent select_account'],
  ])('%p is refused', (text, description) =>
    expect(() => parsePrompt(text)).toThrow(new OAuthError('invalid_request', description)),
  )
})

describe('client credentials (RFC 6749 §2.3.1)', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const read = (authorization: string | undefined, body = '') =>
    readClientCredentials(authorization, readParameters(body))

  test.each([
    [
      'in the body',
      undefined,
      'client_id=a&client_secret=b',
      { clientId: 'a', clientSecret: 'b', method: 'client_secret_post' },
    ],
    ['only an id', undefined, 'client_id=a', { clientId: 'a', clientSecret: undefined, method: 'none' }],
    ['by Basic', basic('a:b'), '', { clientId: 'a', clientSecret: 'b', method: 'client_secret_basic' }],
    [
      'by Basic, in any case',
      basic('a:b').replace('Basic', 'bAsIc'),
      '',
      { clientId: 'a', clientSecret: 'b', method: 'client_secret_basic' },
    ],
    [
      'by Basic, form-encoded',
      basic('a%3Ab:c+d%2B'),
      '',
      { clientId: 'a:b', clientSecret: 'c d+', method: 'client_secret_basic' },
    ],
    [
      'by Basic, with a colon in the secret',
      basic('a:b:c'),
      '',
      { clientId: 'a', clientSecret: 'b:c', method: 'client_secret_basic' },
    ],
    [
      'by Basic, with more than one space (RFC 9110 §11.4)',
      basic('a:b').replace(' ', '  '),
      '',
      { clientId: 'a', clientSecret: 'b', method: 'client_secret_basic' },
    ],
    ['by Basic, without a secret', basic('a:'), '', { clientId: 'a', clientSecret: undefined, method: 'none' }],
  ])('%s', (_name, authorization, body, expected) => expect(read(authorization, body)).toEqual(expected))

  const NO_CLIENT = 'client authentication is missing: send client_id and client_secret, or use HTTP Basic'
  const NO_BASIC = 'the Authorization header is not HTTP Basic with id and secret'
  const NO_ID = 'the Authorization header names no client'
  const NOT_ENCODED = 'id and secret in the Authorization header must be form-encoded (RFC 6749 section 2.3.1)'
  const TWO_WAYS = 'client_secret was sent twice, in the header and in the body; use one'
  const TWO_IDS = 'client_id differs from the one in the Authorization header'
  test.each([
    ['nothing', undefined, '', 'invalid_client', NO_CLIENT],
    ['no colon', basic('abc'), '', 'invalid_client', NO_BASIC],
    ['no id', basic(':b'), '', 'invalid_client', NO_ID],
    ['broken encoding', basic('a%:b'), '', 'invalid_client', NOT_ENCODED],
    ['broken encoding of the secret', basic('a:b%'), '', 'invalid_client', NOT_ENCODED],
    ['a null byte', basic('a%00:b'), '', 'invalid_client', NO_ID],
    ['not base64', 'Basic %%%', '', 'invalid_client', NO_BASIC],
    ['text before Basic', `x ${basic('a:b')}`, '', 'invalid_client', NO_BASIC],
    ['text after the base64', `${basic('a:b')} x`, '', 'invalid_client', NO_BASIC],
    ['another scheme', 'Bearer abc', 'client_id=a', 'invalid_client', NO_BASIC],
    ['both ways', basic('a:b'), 'client_secret=b', 'invalid_request', TWO_WAYS],
    ['two ids', basic('a:b'), 'client_id=c', 'invalid_request', TWO_IDS],
  ] as const)('%s is refused', (_name, authorization, body, error, description) =>
    expect(() => read(authorization, body)).toThrow(new OAuthError(error, description)),
  )
})
