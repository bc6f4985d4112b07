import type { Client } from '../../src/protocol/client'
import { readClientCredentials } from '../../src/protocol/client-authentication'
import { readParameters } from '../../src/protocol/parameters'
import { readCodeChallenge, verifyCodeVerifier } from '../../src/protocol/pkce'
import { parsePrompt } from '../../src/protocol/prompt'
import { matchRedirectUri, redirectTo } from '../../src/protocol/redirect-uri'
import { formatAudience, narrowAudience, parseAudience, readAudience } from '../../src/protocol/resource'
import { formatScope, includesScope, parseScope } from '../../src/protocol/scope'

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
      expect(() => parseScope(text)).toThrow('invalid_scope')
    },
  )

  test('a part is in the whole, not the other way round', () => {
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
  test('none is none, unless it is required', () => {
    expect(read('')).toBeUndefined()
    expect(() => read('', true)).toThrow('has to use PKCE')
  })
  test.each([
    `code_challenge=${CHALLENGE}`,
    `code_challenge=${CHALLENGE}&code_challenge_method=plain`,
    `code_challenge=${CHALLENGE}&code_challenge_method=s256`,
    `code_challenge=${CHALLENGE}%3D&code_challenge_method=S256`,
    `code_challenge=${CHALLENGE.slice(1)}&code_challenge_method=S256`,
    'code_challenge_method=S256',
  ])('%s is refused', query => expect(() => read(query)).toThrow('invalid_request'))

  test('the verifier of Appendix B', () => {
    expect(() => verifyCodeVerifier(CHALLENGE, VERIFIER)).not.toThrow()
  })
  test.each([
    ['a wrong one', CHALLENGE, VERIFIER.replace('d', 'D')],
    ['none for a challenge', CHALLENGE, undefined],
    ['one for no challenge', undefined, VERIFIER],
    ['one of 42 characters', CHALLENGE, VERIFIER.slice(1)],
    ['one of 129 characters', CHALLENGE, 'a'.repeat(129)],
    ['one with a character that is not unreserved', CHALLENGE, `${VERIFIER}=`],
  ])('%s is refused', (_name, challenge, verifier) => {
    expect(() => verifyCodeVerifier(challenge, verifier)).toThrow('invalid_grant')
  })
  test('neither is fine', () => expect(() => verifyCodeVerifier(undefined, undefined)).not.toThrow())
})

describe('redirect URIs (RFC 6749 §3.1.2)', () => {
  const client = (...redirectUris: string[]) => ({ redirectUris }) as unknown as Client

  test.each([
    ['the same', ['https://a.example/cb'], 'https://a.example/cb', 'https://a.example/cb'],
    ['left out, of one', ['https://a.example/cb'], undefined, 'https://a.example/cb'],
    ['left out, of two', ['https://a.example/1', 'https://a.example/2'], undefined, undefined],
    ['the second of two', ['https://a.example/1', 'https://a.example/2'], 'https://a.example/2', 'https://a.example/2'],
    ['a longer one', ['https://a.example/cb'], 'https://a.example/cb/', undefined],
    ['another case', ['https://a.example/cb'], 'https://A.example/cb', undefined],
    ['the default port', ['https://a.example/cb'], 'https://a.example:443/cb', undefined],
    ['an encoded letter', ['https://a.example/cb'], 'https://a.example/%63b', undefined],
  ])('%s', (_name, registered, requested, expected) => {
    expect(matchRedirectUri(client(...registered), requested)).toBe(expected)
  })

  test('parameters are added, and a query is kept', () => {
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

  test.each([[api], [`${api}/`], [`${api}/calendar/events`]])('%s means the calendar (§2)', resource => {
    expect(readAudience([resource], known)).toEqual([api])
  })

  test('several mean each of them once (§2)', () => {
    expect(readAudience([`${photos}/a`, api, photos], known)).toEqual([api, photos])
    expect(readAudience([], known)).toBeUndefined()
  })

  test.each([
    'http://localhost:40020',
    'http://localhost:4002.evil.example/',
    'http://localhost:4002@evil.example/',
    'http://user@localhost:4002/',
    'http://localhost:4001',
    'localhost:4002',
    '/calendar',
    ` ${api}`,
    `${api}/#fragment`,
    `${api}/#`,
  ])('%p is invalid_target (§2)', resource =>
    expect(() => readAudience([api, resource], known)).toThrow('invalid_target'),
  )

  test('a token request may narrow, and no more (§2.2)', () => {
    expect(narrowAudience(known, undefined)).toEqual(known)
    expect(narrowAudience(known, [photos])).toEqual([photos])
    expect(() => narrowAudience([api], known)).toThrow('invalid_target')
  })

  test('what is stored comes back', () => {
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
  ])('%p', (text, expected) => expect(parsePrompt(text)).toEqual(expected))
  test.each(['none login', 'x', 'login x'])('%p is refused', text =>
    expect(() => parsePrompt(text)).toThrow('invalid_request'),
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
    ['an id alone', undefined, 'client_id=a', { clientId: 'a', clientSecret: undefined, method: 'none' }],
    ['by Basic', basic('a:b'), '', { clientId: 'a', clientSecret: 'b', method: 'client_secret_basic' }],
    [
      'by Basic, any case',
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
    ['by Basic, without a secret', basic('a:'), '', { clientId: 'a', clientSecret: undefined, method: 'none' }],
  ])('%s', (_name, authorization, body, expected) => expect(read(authorization, body)).toEqual(expected))

  test.each([
    ['nothing', undefined, '', 'invalid_client'],
    ['no colon', basic('abc'), '', 'invalid_client'],
    ['no id', basic(':b'), '', 'invalid_client'],
    ['broken encoding', basic('a%:b'), '', 'invalid_client'],
    ['a null byte', basic('a%00:b'), '', 'invalid_client'],
    ['not base64', 'Basic %%%', '', 'invalid_client'],
    ['another scheme', 'Bearer abc', 'client_id=a', 'invalid_client'],
    ['both ways', basic('a:b'), 'client_secret=b', 'invalid_request'],
    ['two ids', basic('a:b'), 'client_id=c', 'invalid_request'],
  ])('%s is refused', (_name, authorization, body, error) => expect(() => read(authorization, body)).toThrow(error))
})
