/** Step 1: what Accounts checks before it shows any page. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type Check, type CheckList, calledFrom, type Place, unreadable } from './check'
import { arrivesAt, has, parameter } from './facts'
import { noParameterTwice, resourceKnown, UNKNOWN_SCOPE } from './shared-checks'

const ENDPOINT = `${AUTH_SERVER}/endpoints/authorize.ts`
const REQUEST = `${AUTH_SERVER}/protocol/authorization-request.ts`
const RESPONSE = `${AUTH_SERVER}/endpoints/authorization-response.ts`
const PKCE = `${AUTH_SERVER}/protocol/pkce.ts`
const OPENID_CONNECT = 'https://openid.net/specs/openid-connect-core-1_0.html'

const at = (anchor: string): Place => ({ file: ENDPOINT, anchor })
const inRequest = (anchor: string): Place => ({ file: REQUEST, anchor })

const CLIENT: Check = {
  name: 'client-known',
  sentence: 'An app with this client_id is registered here.',
  section: rfc(6749, '2.2'),
  without: 'Anybody could ask for your permission under a name that they made up.',
  file: ENDPOINT,
  anchor: 'if (client) return client',
  why: [
    'client_id is missing',
    'client_id is unknown: no app with this client_id is registered here (RFC 6749 section 2.2).',
    ...unreadable('client_id'),
  ],
}

const REDIRECT_URI: Check = {
  name: 'redirect-uri-registered',
  sentence:
    'The redirect_uri is one that this app has registered, character by character (on loopback, the port may differ).',
  section: rfc(6749, '3.1.2.3'),
  without: 'An attacker could have your code sent to their own site.',
  file: ENDPOINT,
  anchor: 'const redirectUri = matchRedirectUri(client, requested)',
  why: [
    'redirect_uri is missing, and … has not registered exactly one (RFC 6749 section 3.1.2.3).',
    'redirect_uri is not one that … has registered. It must be identical, character by character (RFC 6749 section 3.1.2.3).',
    ...unreadable('redirect_uri'),
  ],
}

const CHALLENGE: Check[] = [
  {
    name: 'challenge-sent',
    sentence: 'An app that must use PKCE sends a code_challenge.',
    section: rfc(7636, '4.4.1'),
    without: 'A code that is stolen on its way through the browser would work for the thief.',
    file: PKCE,
    anchor: "if (required) throw new OAuthError('invalid_request'",
    why: [
      'code_challenge is missing; this client must use PKCE',
      'code_challenge is missing',
      ...unreadable('code_challenge', 'code_challenge_method'),
    ],
    when: has('code_challenge', 'code_challenge_method'),
  },
  {
    name: 'challenge-method-s256',
    sentence: 'The challenge is a hash (S256), and not the verifier itself.',
    section: rfc(9700, '2.1.1'),
    without: 'Whoever reads this request in the browser’s history could read the verifier in it.',
    file: PKCE,
    anchor: "if (method !== 'S256') {",
    why: ['code_challenge_method must be S256; no other method is supported'],
    when: has('code_challenge', 'code_challenge_method'),
  },
  {
    name: 'challenge-well-formed',
    sentence: 'The challenge has the form of a SHA-256 hash.',
    section: rfc(7636, '4.2'),
    without: 'An app that encodes the hash wrongly would learn of its mistake only in step 4.',
    file: PKCE,
    anchor: 'if (!S256_CHALLENGE.test(codeChallenge)) {',
    why: ['code_challenge must be 43 base64url characters without padding'],
    when: has('code_challenge', 'code_challenge_method'),
  },
]

const PARAMETERS: Check[] = [
  {
    name: 'no-request-object',
    sentence: 'The parameters are in the request itself, and not in a request object.',
    section: rfc(9101, '5'),
    without: 'The request object would contain other parameters than those that were checked.',
    file: REQUEST,
    anchor: "if (parameters.all('request_uri').length > 0) {",
    why: [
      'request is not supported; send the parameters themselves',
      'request_uri is not supported; send the parameters themselves',
    ],
    when: has('request', 'request_uri'),
  },
  {
    name: 'response-type-code',
    sentence: 'The app asks for a code (response_type=code).',
    section: rfc(6749, '4.1.1'),
    without: 'A token would travel through the browser, where others can read it.',
    file: REQUEST,
    anchor: "if (parameters.require('response_type') !== 'code') {",
    why: ['response_type is missing', 'response_type must be code', ...unreadable('response_type')],
  },
  {
    name: 'response-mode-query',
    sentence: 'The answer is to come in the query of the redirect URI (response_mode).',
    section: rfc(6749, '4.1.2'),
    without: 'The answer would arrive where the app does not expect it.',
    file: REQUEST,
    anchor: "if ((parameters.get('response_mode') ?? 'query') !== 'query') {",
    why: ['response_mode must be query; no other mode is supported', ...unreadable('response_mode')],
    when: has('response_mode'),
  },
  {
    name: 'grant-type-allowed',
    sentence: 'This app is registered for getting codes.',
    section: rfc(6749, '4.1.2.1'),
    without: 'An app that never sends users here could be used by anyone who pretends to be it.',
    file: REQUEST,
    anchor: "if (!client.grantTypes.includes('authorization_code')) {",
    why: ['this client is not registered for grant_type authorization_code'],
  },
  {
    name: 'scope-registered',
    sentence: 'The app asks for no more than it is registered for.',
    section: rfc(6749, '3.3'),
    without: 'An app could ask for anything, and users click “Allow” quickly.',
    file: REQUEST,
    anchor: 'if (scope.length === 0 || !includesScope(client.scope, scope)) {',
    why: ['scope asks for more than this client is registered for', ...UNKNOWN_SCOPE],
  },
  ...resourceKnown(inRequest("readAudience(parameters.all('resource'), resources.servers)")),
  ...calledFrom(inRequest('requireMeaning(scope, audience, resources.servers)'), [
    {
      name: 'scope-known-to-resource',
      sentence: 'The requested API knows every scope that the app asks for.',
      section: rfc(9068, '2.2.3'),
      without: 'Two APIs could read the same word as two different permissions.',
      file: `${AUTH_SERVER}/protocol/resource.ts`,
      anchor: 'if (addressed.some(server => !includesScope(server.scope, scope))) {',
      why: ['scope has a value that the resource does not understand'],
      when: has('resource'),
    },
  ]),
  {
    name: 'state-readable',
    sentence: 'The state was sent once, so that it can go back unchanged. Only the app knows what it means.',
    section: rfc(6749, '4.1.1'),
    without: 'The app could not tell which of its own requests the answer belongs to.',
    file: REQUEST,
    anchor: "state: parameters.get('state'),",
    why: unreadable('state'),
    when: has('state'),
  },
  ...calledFrom(inRequest('readCodeChallenge(parameters, isHeldToPkce(client))'), CHALLENGE),
  ...calledFrom(inRequest("prompt: parsePrompt(parameters.get('prompt'))"), [
    {
      name: 'prompt-known',
      sentence: 'The server knows what the app wants the user to be asked (prompt).',
      section: { label: 'OpenID Connect Core §3.1.2.1', href: `${OPENID_CONNECT}#AuthRequest` },
      without: 'An app that wants the user to sign in again would not notice that this did not happen.',
      file: `${AUTH_SERVER}/protocol/prompt.ts`,
      anchor: "if (values.includes('none') && values.length > 1) {",
      why: [
        'prompt has an unknown value; known values: none login consent select_account',
        'prompt=none cannot be combined with another value',
        ...unreadable('prompt'),
      ],
      when: has('prompt'),
    },
  ]),
  ...noParameterTwice(inRequest('refuseRepeated(parameters)')),
]

const asksForNoPage: Check['when'] = message => parameter(message, 'prompt') === 'none'

/** Without `prompt=none` these are no checks: the user is asked instead. */
const WITHOUT_A_PAGE: Check[] = [
  {
    name: 'user-signed-in',
    sentence: 'No page may be shown (prompt=none), and a user is signed in.',
    section: { label: 'OpenID Connect Core §3.1.2.6', href: `${OPENID_CONNECT}#AuthError` },
    without: 'There would be no user whose calendar the app could get access to.',
    file: RESPONSE,
    anchor: "if (prompt.none) return refuse(context, response, pending, 'login_required'",
    why: ['no user is signed in'],
    when: asksForNoPage,
  },
  {
    name: 'consent-given',
    sentence: 'No page may be shown (prompt=none), and this user has allowed it before.',
    section: { label: 'OpenID Connect Core §3.1.2.6', href: `${OPENID_CONNECT}#AuthError` },
    without: 'The app would get access that nobody gave.',
    file: RESPONSE,
    anchor: "if (prompt.none) return refuse(context, response, pending, 'consent_required'",
    why: ['the user has not allowed this'],
    when: asksForNoPage,
  },
]

export const authorizationRequest: CheckList = {
  receiver: 'auth-server',
  receives: arrivesAt(/^\/authorize\/?$/, 'GET', 'HEAD', 'POST'),
  checks: [
    ...calledFrom(at('await findClient(context, parameters)'), [CLIENT]),
    ...calledFrom(at('findRedirectUri(context, client, parameters)'), [REDIRECT_URI]),
    ...calledFrom(at('parseAuthorizationRequest(parameters, client, redirectUri, resources)'), PARAMETERS),
    ...calledFrom(at('await continueRequest(context, request, response, { pending, client })'), WITHOUT_A_PAGE),
  ],
}
