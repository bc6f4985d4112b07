/** Step 3 arrives at Tripmate: through the browser, so anybody may have written it. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { type Check, type CheckList, calledFrom } from './check'
import { arrivesAt, parameter, redirectedTo, sessionCookies } from './facts'

const CALLBACK = 'apps/client-app/src/oauth/callback.ts'
const FINISH = { file: CALLBACK, anchor: 'await finish(context, request, response, userId, attempt, stateHash)' }

/** Whoever is connected already and comes a second time, by a reload say, is sent on, in the same session as before. */
function cameAgain(message: Message): boolean {
  const { request, response } = message
  const target = redirectedTo(message)
  if (!response || message.refusal || target === undefined || target === '/callback') return false
  const before = sessionCookies(request.headers, 'cookie')
  return sessionCookies(response.headers, 'set-cookie').every(cookie => before.includes(cookie))
}

const STATE: Check[] = [
  {
    name: 'state-of-this-browser',
    sentence: 'The state is one that Tripmate gave to this browser in step 1, in the last ten minutes.',
    section: rfc(6749, '10.12'),
    without: 'An attacker could slip you a link with their own code, and your trips would land in their calendar.',
    file: CALLBACK,
    anchor: 'const attempt = userId && (await attempts.take(',
    why: [
      'It does not belong to a request that this browser made in the last ten minutes. Perhaps signing in took longer, your browser blocks cookies, or you followed a link from someone else.',
    ],
  },
  {
    name: 'state-unused',
    sentence: 'The state has not been used before.',
    section: rfc(6749, '10.12'),
    without: 'An answer that somebody finds in your browser’s history could be played a second time.',
    file: CALLBACK,
    anchor: 'if (!attempt) return answerAgain(',
    why: ['It was used before, and each answer works only once.'],
    failed: cameAgain,
  },
]

const ISSUER: Check[] = calledFrom({ file: CALLBACK, anchor: '// RFC 9207 §2.4: the answer of another server' }, [
  {
    name: 'issuer-matches',
    sentence: 'The answer says that it comes from Glasshouse Accounts (iss), where Tripmate sent you.',
    section: rfc(9207, '2.4'),
    without: 'With two authorization servers, a dishonest one could make Tripmate hand it the code of the other.',
    file: CALLBACK,
    anchor: 'if (issuer !== server.issuer) {',
    why: ['It does not name Glasshouse Accounts, where Tripmate sent you, as its sender.'],
  },
])

/** The error codes that Tripmate's log names. */
const ERRORS = [
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'an unknown error',
]

const NO_ERROR: Check = {
  name: 'no-error',
  sentence: 'The answer is no refusal: it contains no error.',
  section: rfc(6749, '4.1.2.1'),
  without: 'Tripmate would look for a code that is not there, and could not tell you what happened.',
  file: CALLBACK,
  anchor: 'if (error) return refusedAuthorization(',
  why: [],
}

const CODE: Check[] = [
  {
    name: 'code-sent',
    sentence: 'The answer contains a code.',
    section: rfc(6749, '4.1.2'),
    without: 'Tripmate would ask for tokens without anything to show for it.',
    file: CALLBACK,
    anchor: "if (!code) throw refuse('It contains neither a code nor an error.')",
    why: ['It contains neither a code nor an error.'],
  },
  {
    name: 'code-well-formed',
    sentence: 'The code consists of characters that a code may have.',
    section: { label: 'RFC 6749 Appendix A.11', href: 'https://www.rfc-editor.org/rfc/rfc6749#appendix-A.11' },
    without: 'Somebody could have Tripmate send any text to Glasshouse Accounts.',
    file: CALLBACK,
    anchor: "throw refuse('The code in it is malformed.')",
    why: ['The code in it is malformed.'],
  },
  {
    name: 'verifier-kept',
    sentence: 'Tripmate still has the code_verifier of step 1.',
    section: rfc(7636, '4.1'),
    without: 'The code could not be redeemed: its verifier is known to Tripmate alone.',
    file: CALLBACK,
    anchor: 'if (!codeVerifier) throw refuse(',
    why: ['This sign-in was started before Tripmate’s encryption key changed.'],
  },
  {
    name: 'code-accepted',
    sentence: 'Glasshouse Accounts accepts the code and answers with tokens (steps 4 and 5).',
    section: rfc(6749, '5.1'),
    without: 'Tripmate would say that it is connected, and could open nothing.',
    file: CALLBACK,
    anchor: '.catch(refusedCode)',
    why: ['invalid_grant', 'invalid_client', 'unsupported_grant_type', ...ERRORS],
  },
]

const arrives = arrivesAt(/^\/callback\/?$/, 'GET')
const bringsError = (message: Message) => parameter(message, 'error') !== undefined

export const callback: CheckList[] = [
  {
    receiver: 'client-app',
    receives: message => arrives(message) && bringsError(message),
    checks: [
      ...STATE,
      ...calledFrom(FINISH, [
        ...ISSUER,
        { ...NO_ERROR, why: ['the user denied the request at the authorization server', ...ERRORS] },
      ]),
    ],
  },
  {
    receiver: 'client-app',
    receives: arrives,
    checks: [...STATE, ...calledFrom(FINISH, [...ISSUER, NO_ERROR, ...CODE])],
  },
]
