/** Which app sends this request, and can it prove it? The token, revocation and introspection endpoints ask first. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { headerOf } from '../capture/read-message'
import { AUTH_SERVER, type Check, calledFrom, type Place, unreadable } from './check'
import { parameter } from './facts'

const ANSWER = `${AUTH_SERVER}/endpoints/answer.ts`
const CREDENTIALS = `${AUTH_SERVER}/protocol/client-authentication.ts`
const AUTHENTICATION = `${AUTH_SERVER}/tokens/authenticate-client.ts`

const usesHeader = ({ request }: Message) => headerOf(request, 'authorization') !== undefined
const sendsSecret = (message: Message) => usesHeader(message) || parameter(message, 'client_secret') !== undefined

/** @param endpoint the file of the endpoint */
export function formAndClient(endpoint: string): Check[] {
  const at = (anchor: string): Place => ({ file: endpoint, anchor })
  return [
    ...calledFrom(at('formParameters(request)'), [FORM]),
    ...calledFrom(at('readClientCredentials(authorizationOf(request)'), [ONE_HEADER]),
    ...calledFrom(at('readClientCredentials(authorizationOf(request), parameters)'), READING),
    // Its arguments come first.
    ...calledFrom(at('request.ip,'), PROOF),
  ]
}

const FORM: Check = {
  name: 'form-readable',
  sentence: 'The parameters are in the body, as a form.',
  section: rfc(6749, '3.2'),
  without: 'A secret in the address would end up in logs and histories.',
  file: ANSWER,
  anchor: "if (typeof request.body !== 'string') {",
  why: [
    'the parameters are missing; send them in the body, as …, in UTF-8',
    'the body is too large; send at most … KiB',
    'the request cannot be read',
  ],
}

const ONE_HEADER: Check = {
  name: 'one-authorization-header',
  sentence: 'There is only one Authorization header.',
  section: rfc(6749, '5.2'),
  without: 'Two programs that read the request could each think that a different app sent it.',
  file: ANSWER,
  anchor: "if (names.filter(name => name.toLowerCase() === 'authorization').length > 1) {",
  why: ['the request has more than one Authorization header; send one'],
  when: usesHeader,
}

const READING: Check[] = [
  {
    name: 'client-named',
    sentence: 'The request says which app sends it.',
    section: rfc(6749, '3.2.1'),
    without: 'The server could not tell whose code or token this may be.',
    file: CREDENTIALS,
    anchor: "const clientId = parameters.get('client_id')",
    why: [
      'client authentication is missing: send client_id and client_secret, or use HTTP Basic',
      ...unreadable('client_id', 'client_secret'),
    ],
  },
  {
    name: 'basic-readable',
    sentence: 'The Authorization header contains the app’s id and secret.',
    section: rfc(6749, '2.3.1'),
    without: 'A header that two programs read differently could pass for two different apps.',
    file: CREDENTIALS,
    anchor: 'const basic = readBasic(authorization)',
    why: [
      'the Authorization header is not HTTP Basic with id and secret',
      'the Authorization header names no client',
      'id and secret in the Authorization header must be form-encoded (RFC 6749 section 2.3.1)',
    ],
    when: usesHeader,
  },
  {
    name: 'one-authentication-method',
    sentence: 'The app proves who it is in one way only: in the header or in the body.',
    section: rfc(6749, '2.3'),
    without: 'A request could name two apps, and parts of a server could believe different ones.',
    file: CREDENTIALS,
    anchor: 'if (clientSecret !== undefined) {',
    why: [
      'client_secret was sent twice, in the header and in the body; use one',
      'client_id differs from the one in the Authorization header',
    ],
    when: usesHeader,
  },
]

const PROOF: Check[] = [
  {
    name: 'client-known',
    sentence: 'An app with this client_id is registered here.',
    section: rfc(6749, '2.2'),
    without: 'Anybody could ask for tokens under a name that they made up.',
    file: AUTHENTICATION,
    anchor: "if (!client) throw authenticationFailed('no client has this client_id')",
    why: ['no client has this client_id'],
  },
  {
    name: 'no-secret-expected',
    sentence: 'An app that was given no secret sends none.',
    section: rfc(6749, '2.3.1'),
    without: 'A developer would believe that the app is protected by a secret that nobody compares.',
    file: AUTHENTICATION,
    anchor: "if (method !== 'none') throw authenticationFailed(",
    why: ['this client has no secret, but sent one'],
    when: message => !sendsSecret(message),
  },
  {
    name: 'secret-sent',
    sentence: 'An app that was given a secret sends it.',
    section: rfc(6749, '3.2.1'),
    without: 'A thief could redeem a stolen code with the client_id alone, which is no secret.',
    file: AUTHENTICATION,
    anchor: 'if (clientSecret === undefined) throw authenticationFailed(',
    why: ['this client has a secret, but sent none'],
    when: sendsSecret,
  },
  {
    name: 'secret-not-guessed',
    sentence: 'There were not too many wrong secrets from this address in the last minute.',
    section: rfc(6749, '2.3.1'),
    without: 'An attacker could try secrets until one is right.',
    file: AUTHENTICATION,
    anchor: "if (attempt.outcome === 'limited') throw tooManyGuesses(",
    why: ['too many wrong secrets for this client from this address; try again in … seconds'],
    when: sendsSecret,
  },
  {
    name: 'secret-right',
    sentence: 'The app’s secret is the right one.',
    section: rfc(6749, '3.2.1'),
    without: 'A thief who got hold of a code or a refresh token could use it in the app’s name.',
    file: AUTHENTICATION,
    anchor: "if (attempt.outcome === 'wrong') throw authenticationFailed(",
    why: ['the client secret is wrong'],
    when: sendsSecret,
  },
]
