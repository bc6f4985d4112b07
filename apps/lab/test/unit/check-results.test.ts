import { checkResults } from '../../src/checks/results'
import { type MessageParts, message } from '../messages'

/** In one line: the checks that were passed, the one that refused, and how many were not reached. */
function outcome(parts: MessageParts) {
  const results = checkResults(message(parts))
  const named = (result: string) => results.filter(one => one.result === result).map(({ name }) => name)
  return { passed: named('passed'), refused: named('refused').join(), notReached: named('not reached') }
}

const TRIPMATE = { client_id: 'tripmate', client_secret: '(never-recorded)' }
const REDEEM = { grant_type: 'authorization_code', code: 'c0de', redirect_uri: 'http://localhost:4000/callback' }
const AUTHENTICATED = [
  'form-readable',
  'client-named',
  'client-known',
  'secret-sent',
  'secret-not-guessed',
  'secret-right',
]
const CODE = [
  'code-sent',
  'code-known',
  'code-of-this-client',
  'code-unused',
  'code-not-expired',
  'access-not-withdrawn',
]
const PKCE = [
  'pkce-not-skipped',
  'verifier-expected',
  'verifier-sent',
  'verifier-well-formed',
  'verifier-matches-challenge',
]

function tokenRequest(form: Record<string, string>, why?: string, refused = 'invalid_grant'): MessageParts {
  return {
    to: 'auth-server',
    target: '/token',
    form: { ...TRIPMATE, ...form },
    status: why ? 400 : 200,
    ...(why && { refusal: { refused, why } }),
  }
}

test('a token request that succeeded has passed everything that concerns it', () => {
  expect(outcome(tokenRequest({ ...REDEEM, code_verifier: 'verifier' }))).toEqual({
    passed: [
      ...AUTHENTICATED,
      'grant-type-known',
      'grant-type-allowed',
      ...CODE,
      'redirect-uri-matches',
      ...PKCE,
      'no-parameter-twice',
      'scope-still-registered',
    ],
    refused: '',
    notReached: [],
  })
})

test('the checks of PKCE are shown only where PKCE is used', () => {
  expect(outcome(tokenRequest(REDEEM)).passed.filter(name => /verifier|pkce/.test(name))).toEqual([])
})

test('a refused token request has passed what comes before, and reached nothing after', () => {
  const why = 'redirect_uri differs from the one in the authorization request'
  expect(outcome(tokenRequest({ ...REDEEM, code_verifier: 'verifier' }, why))).toEqual({
    passed: [...AUTHENTICATED, 'grant-type-known', 'grant-type-allowed', ...CODE],
    refused: 'redirect-uri-matches',
    notReached: [...PKCE, 'no-parameter-twice', 'scope-still-registered'],
  })
})

const REFRESH = { grant_type: 'refresh_token', refresh_token: 'r' }
const OWN = { grant_type: 'client_credentials' }
const REDEEM_REFUSALS: [check: string, why: string, form?: Record<string, string>, refused?: string][] = [
  ['form-readable', 'the request cannot be read', {}, 'invalid_request'],
  ['client-named', 'client_id was sent more than once; send it once', REDEEM, 'invalid_request'],
  ['client-known', 'no client has this client_id', REDEEM, 'invalid_client'],
  ['secret-right', 'the client secret is wrong', REDEEM, 'invalid_client'],
  [
    'secret-not-guessed',
    'too many wrong secrets for this client from this address; try again in 17 seconds',
    REDEEM,
    'temporarily_unavailable',
  ],
  ['grant-type-known', 'grant_type is missing', {}, 'invalid_request'],
  [
    'grant-type-known',
    'grant_type is not supported; grant_types_supported in the metadata lists those that are',
    { grant_type: 'password' },
    'unsupported_grant_type',
  ],
  ['grant-type-allowed', 'this client is not registered for grant_type client_credentials', OWN, 'unauthorized_client'],
  ['code-sent', 'code is missing', { grant_type: 'authorization_code' }, 'invalid_request'],
  ['code-known', 'code is unknown; send the whole code of the authorization response, decoded'],
  ['code-of-this-client', 'code was issued to another client'],
  ['code-unused', 'code was used before; a code works once, even when its first use is refused'],
  ['code-not-expired', 'code expired 7 seconds ago; redeem it as soon as it arrives'],
  ['access-not-withdrawn', 'the access that this code was issued for has been withdrawn'],
  ['redirect-uri-matches', 'redirect_uri is missing; the authorization request had one'],
  ['pkce-not-skipped', 'the authorization request had no code_challenge; this client must use PKCE'],
  ['verifier-expected', 'code_verifier was sent, but the authorization request had no code_challenge'],
  ['verifier-sent', 'code_verifier is missing; the authorization request had a code_challenge'],
  [
    'verifier-matches-challenge',
    'code_verifier does not match the code_challenge; the code is used up, so get a new one',
  ],
  ['resource-granted', 'resource asks for more than was granted', REDEEM, 'invalid_target'],
  ['no-parameter-twice', 'a parameter was sent more than once; send each parameter once', REDEEM, 'invalid_request'],
  ['refresh-token-sent', 'refresh_token is missing', { grant_type: 'refresh_token' }, 'invalid_request'],
  ['refresh-token-of-this-client', 'refresh_token is unknown', REFRESH],
  ['access-not-withdrawn', 'the access that this refresh_token was issued for has been withdrawn', REFRESH],
  [
    'refresh-token-unused',
    'refresh_token was already used, so every token of this connection has been revoked; send the user through authorization again',
    REFRESH,
  ],
  ['refresh-token-not-expired', 'refresh_token has expired; send the user through authorization again', REFRESH],
  ['scope-within-grant', 'scope asks for more than was granted', { ...REFRESH, scope: 'x' }, 'invalid_scope'],
  ['client-has-a-secret', 'a client without a secret cannot use client_credentials', OWN, 'unauthorized_client'],
  ['scope-registered', 'scope has an unknown value; known values: calendar.read calendar.write', OWN, 'invalid_scope'],
]

test.each(REDEEM_REFUSALS)(
  'at the token endpoint %s refuses when the log says: %s',
  (check, why, form = REDEEM, refused) => {
    expect(outcome(tokenRequest(form, why, refused)).refused).toBe(check)
  },
)

const AUTHORIZE = 'response_type=code&client_id=tripmate&state=s&code_challenge=c&code_challenge_method=S256'

test.each([
  ['client-known', 'client_id is missing.', 'This link cannot be trusted'],
  [
    'redirect-uri-registered',
    'redirect_uri is not one that Tripmate has registered. It must be identical, character by character (RFC 6749 section 3.1.2.3).',
    'This link cannot be trusted',
  ],
  ['response-type-code', 'response_type must be code', 'unsupported_response_type'],
  [
    'scope-registered',
    'invalid_scope: scope has an unknown value; known values: calendar.read',
    'My app asked for something it cannot have',
  ],
  ['challenge-method-s256', 'code_challenge_method must be S256; no other method is supported', 'invalid_request'],
  ['user-signed-in', 'no user is signed in', 'login_required'],
])('at the authorization endpoint %s refuses when the log says: %s', (check, why, refused) => {
  const parts = {
    to: 'auth-server' as const,
    target: `/authorize?${AUTHORIZE}`,
    status: 302,
    refusal: { refused, why },
  }
  expect(outcome(parts).refused).toBe(check)
})

const CALLBACK = '/callback?code=c&state=s&iss=http%3A%2F%2Flocalhost%3A4001'
const NOTHING = 'Nothing was connected. Please connect your calendar again.'

test.each([
  [
    'state-of-this-browser',
    CALLBACK,
    'This answer cannot be used',
    `It does not belong to a request that this browser made in the last ten minutes. Perhaps signing in took longer, your browser blocks cookies, or you followed a link from someone else. ${NOTHING}`,
  ],
  [
    'state-unused',
    CALLBACK,
    'This answer cannot be used',
    `It was used before, and each answer works only once. ${NOTHING}`,
  ],
  [
    'issuer-matches',
    CALLBACK,
    'This answer cannot be used',
    `It does not name Glasshouse Accounts, where Tripmate sent you, as its sender. ${NOTHING}`,
  ],
  [
    'no-error',
    '/callback?error=access_denied&state=s',
    'access_denied',
    'the user denied the request at the authorization server',
  ],
  ['no-error', '/callback?error=invalid_request&state=s', 'Your calendar was not connected', 'invalid_request'],
  [
    'code-sent',
    '/callback?state=s',
    'This answer cannot be used',
    `It contains neither a code nor an error. ${NOTHING}`,
  ],
  ['code-accepted', CALLBACK, 'Your calendar was not connected', 'invalid_request'],
  ['code-accepted', CALLBACK, 'Your calendar was not connected', 'invalid_grant'],
])('at the callback %s refuses %s when the log says: %s: %s', (check, target, refused, why) => {
  expect(outcome({ to: 'client-app', target, status: 400, refusal: { refused, why } }).refused).toBe(check)
})

test('an answer that arrives a second time is refused by its state, though Tripmate shows no error', () => {
  const again = { to: 'client-app' as const, target: CALLBACK, status: 303, location: 'http://localhost:4000/' }
  const cookie: [string, string][] = [['cookie', 'glasshouse.run=x; tripmate.sid=one']]
  const first = outcome({ ...again, headers: cookie, sets: ['tripmate.sid=two; Path=/'] })
  expect(first).toMatchObject({ refused: '', notReached: [] })
  expect(first.passed).toContain('code-accepted')
  expect(outcome({ ...again, headers: cookie, sets: ['tripmate.sid=one; Path=/'] }).refused).toBe('state-unused')
})

const API = { to: 'calendar-api' as const, target: '/calendar/events', status: 401 }

test.each([
  ['token-sent', 'bearer.missing', 'There is no access token. Send one in the Authorization header.'],
  ['algorithm-accepted', 'bearer.alg', 'The access token was rejected. Its signing algorithm is not accepted.'],
  ['signature-right', 'bearer.signature', 'The access token was rejected. Its signature is not valid.'],
  ['meant-for-this-api', 'bearer.aud', 'The access token was rejected. It was issued for another API.'],
  ['token-not-expired', 'bearer.exp', 'The access token was rejected. It has expired.'],
  ['token-valid-already', 'bearer.nbf', 'The access token was rejected. It is not valid yet.'],
  ['token-not-withdrawn', 'bearer.ended', 'The access token was rejected. It was withdrawn.'],
  [
    'scope-sufficient',
    'bearer.scope',
    'This request needs the scope calendar.write, which the access token does not have.',
  ],
  [
    'token-of-a-user',
    'bearer.owner',
    'An event belongs to a user, but this access token was issued to an app for itself (client_credentials). Get one that a user has approved (authorization_code).',
  ],
  ['request-well-formed', 'list', 'maxResults must be a number.'],
])('at the API %s refuses when the log says: %s: %s', (check, refused, why) => {
  expect(outcome({ ...API, refusal: { refused, why } }).refused).toBe(check)
})

test('at Google’s addresses the checks are the same', () => {
  const target = '/calendar/v3/calendars/primary/events'
  const without = { refused: 'bearer.missing', why: 'There is no access token. Send one in the Authorization header.' }
  expect(outcome({ ...API, target, refusal: without }).refused).toBe('token-sent')
  const unknown = { refused: 'event.id', why: 'This calendar has no event with this id.' }
  expect(outcome({ ...API, target: `${target}/abcdef`, refusal: unknown }).refused).toBe('event-in-this-calendar')
})

test('the name of a check of the API is not found inside a sentence', () => {
  const why = 'The event has changed since you read it. Read it again, then repeat your change.'
  const change = {
    ...API,
    method: 'PUT',
    target: '/calendar/events/abc',
    status: 412,
    refusal: { refused: 'if-match', why },
  }
  expect(outcome(change).refused).toBe('event-unchanged')
})

test('the user’s “Deny” is a check that did not pass', () => {
  const form = { request: 'r', decision: 'deny', _csrf: 'x' }
  const deny = {
    to: 'auth-server' as const,
    target: '/consent',
    form,
    status: 303,
    location: 'http://localhost:4000/callback?error=access_denied',
  }
  expect(outcome({ ...deny, refusal: { refused: 'access_denied', why: 'the user denied access' } })).toEqual({
    passed: ['form-from-our-page', 'request-of-this-browser', 'request-unanswered', 'user-signed-in'],
    refused: 'user-allows',
    notReached: ['something-allowed'],
  })
})

describe('nothing is invented:', () => {
  test.each<[string, MessageParts]>([
    [
      'a refusal that no check knows',
      { ...tokenRequest(REDEEM, 'the server cannot reach its data right now', 'temporarily_unavailable'), status: 503 },
    ],
    ['an error of the server', { ...tokenRequest(REDEEM), status: 500 }],
    ['an error without a known reason', { ...tokenRequest(REDEEM), status: 400 }],
    [
      'a redirect to the same page under its own name',
      { to: 'client-app', target: CALLBACK, status: 302, location: `http://localhost:4000${CALLBACK}` },
    ],
  ])('after %s, nothing was reached', (_what, parts) => {
    expect(outcome(parts)).toMatchObject({
      passed: [],
      refused: '',
      notReached: expect.arrayContaining([expect.any(String)]),
    })
  })

  test.each<[string, MessageParts]>([
    ['a page that checks nothing', { to: 'client-app', target: '/' }],
    ['a stylesheet', { to: 'auth-server', target: '/assets/glasshouse.css' }],
    ['a preflight', { to: 'calendar-api', target: '/calendar/events', method: 'OPTIONS', status: 204 }],
    ['the same path at another party', { to: 'client-app', target: '/token', form: REDEEM }],
    ['HEAD, which uses nothing up', { to: 'client-app', target: CALLBACK, method: 'HEAD' }],
  ])('%s has no checks', (_what, parts) => {
    expect(checkResults(message(parts))).toEqual([])
  })
})

test('each result leads to a line of the source', () => {
  const lines = checkResults(message(tokenRequest({ ...REDEEM, code_verifier: 'v' }))).map(({ line }) => line)
  expect(lines.filter(line => line < 2)).toEqual([])
})
