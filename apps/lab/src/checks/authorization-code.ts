/** Step 4: an app exchanges the code for tokens. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { AUTH_SERVER, type Check, calledFrom, unreadable } from './check'
import { parameter } from './facts'
import { noParameterTwice, resourceGranted, resourceKnown } from './shared-checks'

const GRANT = `${AUTH_SERVER}/grants/authorization-code.ts`
/** One statement in the store makes these checks, so that of two requests at the same moment only one gets the code. */
const STORE = `${AUTH_SERVER}/store/authorization-codes.ts`
const PKCE = `${AUTH_SERVER}/protocol/pkce.ts`

const CODE: Check[] = [
  {
    name: 'code-known',
    sentence: 'This server has issued this code.',
    section: rfc(6749, '4.1.3'),
    without: 'Anybody could make up a code and get tokens for it.',
    file: STORE,
    anchor: ".updateTable('authorization_codes')",
    why: [
      'code is unknown; send the whole code of the authorization response, decoded',
      'code is unknown, expired, used before, or was issued to another client',
    ],
  },
  {
    name: 'code-of-this-client',
    sentence: 'The code was issued to this app, and not to another one.',
    section: rfc(6749, '4.1.3'),
    without: 'A dishonest app could redeem codes that it stole from other apps.',
    file: STORE,
    anchor: ".where('client_id', '=', code.clientId)",
    why: ['code was issued to another client'],
  },
  {
    name: 'code-unused',
    sentence: 'The code has not been used before.',
    section: rfc(6749, '4.1.2'),
    without: 'A code that somebody finds later, in a log or in the browser’s history, would still give them tokens.',
    file: STORE,
    anchor: ".where('redeemed_at', 'is', null)",
    why: ['code was used before; a code works once, even when its first use is refused'],
  },
  {
    name: 'code-not-expired',
    sentence: 'The code has not expired. It lives for a minute, or ten in slow motion.',
    section: rfc(6749, '4.1.2'),
    without: 'A thief would have all the time in the world to use a code that was never redeemed.',
    file: STORE,
    anchor: ".where('expires_at', '>', code.now)",
    why: ['code expired … seconds ago; redeem it as soon as it arrives'],
  },
  {
    name: 'access-not-withdrawn',
    sentence: 'The user has not withdrawn the permission since.',
    section: rfc(6749, '4.1.3'),
    without: 'An app would get tokens after the user had said no.',
    file: STORE,
    anchor: ".where('token_families.ended_at', 'is', null)",
    why: ['the access that this code was issued for has been withdrawn'],
  },
]

/** PKCE is optional for an app with a secret. */
function usesPkce(message: Message): boolean {
  return (
    parameter(message, 'code_verifier') !== undefined || /code_(?:verifier|challenge)/.test(message.refusal?.why ?? '')
  )
}

const VERIFIER: Check[] = [
  {
    name: 'pkce-not-skipped',
    sentence: 'An app that must use PKCE has done so since step 1.',
    section: rfc(9700, '2.1.1'),
    without: 'An attacker could turn off this protection by leaving the challenge out of step 1.',
    file: PKCE,
    anchor: 'if (required) {',
    why: ['the authorization request had no code_challenge; this client must use PKCE'],
    when: usesPkce,
  },
  {
    name: 'verifier-expected',
    sentence: 'A code_verifier comes only if step 1 had a code_challenge.',
    section: rfc(9700, '2.1.1'),
    without: 'An attacker could start without PKCE, and slip the code into a session of an app that relies on PKCE.',
    file: PKCE,
    anchor: 'if (codeVerifier === undefined) return',
    why: ['code_verifier was sent, but the authorization request had no code_challenge'],
    when: usesPkce,
  },
  {
    name: 'verifier-sent',
    sentence: 'Step 1 had a code_challenge, and the request contains the code_verifier that belongs to it.',
    section: rfc(7636, '4.5'),
    without: 'A stolen code could be used by leaving the verifier out.',
    file: PKCE,
    anchor: "throw new OAuthError('invalid_grant', 'code_verifier is missing;",
    why: ['code_verifier is missing; the authorization request had a code_challenge'],
    when: usesPkce,
  },
  {
    name: 'verifier-well-formed',
    sentence: 'The code_verifier has 43 to 128 of the allowed characters.',
    section: rfc(7636, '4.1'),
    without: 'An app with a short verifier would be protected by something that can be guessed.',
    file: PKCE,
    anchor: 'if (!CODE_VERIFIER.test(codeVerifier)) {',
    why: ['code_verifier must be 43 to 128 unreserved characters', ...unreadable('code_verifier')],
    when: usesPkce,
  },
  {
    name: 'verifier-matches-challenge',
    sentence: 'The SHA-256 hash of the code_verifier is the code_challenge of step 1.',
    section: rfc(7636, '4.6'),
    without: 'A thief who stole the code on its way through the browser could redeem it.',
    file: PKCE,
    anchor: 'if (!timingSafeEqual(Buffer.from(computed), Buffer.from(codeChallenge))) {',
    why: ['code_verifier does not match the code_challenge; the code is used up, so get a new one'],
    when: usesPkce,
  },
]

export const authorizationCodeGrant: Check[] = [
  {
    name: 'code-sent',
    sentence: 'The request contains a code.',
    section: rfc(6749, '4.1.3'),
    without: 'There would be nothing that shows that a user said yes.',
    file: GRANT,
    anchor: "parameters.require('code')",
    why: ['code is missing', ...unreadable('code')],
  },
  ...calledFrom({ file: GRANT, anchor: 'await authorizationCodes.redeem(db, hash, client.id, now)' }, CODE),
  {
    name: 'redirect-uri-matches',
    sentence: 'The redirect_uri is the one of step 1, character by character.',
    section: rfc(6749, '4.1.3'),
    without: 'An attacker who had a code sent to another address could still get tokens for it.',
    file: GRANT,
    anchor: 'if (redirectUri !== undefined && redirectUri !== code.redirectUri) {',
    why: [
      'redirect_uri is missing; the authorization request had one',
      'redirect_uri differs from the one in the authorization request',
      ...unreadable('redirect_uri'),
    ],
  },
  ...calledFrom({ file: GRANT, anchor: 'verifyCodeVerifier(code.codeChallenge,' }, VERIFIER),
  ...resourceKnown({ file: GRANT, anchor: 'await askedAudience(context, parameters)' }),
  ...resourceGranted({ file: GRANT, anchor: 'await askedAudience(context, parameters))' }),
  ...noParameterTwice({ file: GRANT, anchor: 'refuseRepeated(parameters)' }),
  ...calledFrom({ file: GRANT, anchor: 'stillRegistered(client, code.family.scope)' }, [
    {
      name: 'scope-still-registered',
      sentence: 'The app is still registered for what the user allowed.',
      section: rfc(7592, '2.2'),
      without: 'An app would keep powers that it has given up.',
      file: `${AUTH_SERVER}/grants/grant.ts`,
      anchor: 'if (scope.length > 0) return scope',
      why: ['this client is no longer registered for any scope that was granted'],
    },
  ]),
]
