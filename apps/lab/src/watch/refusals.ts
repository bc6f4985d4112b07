/** The stories of messages that were refused: they tell what stopped them, instead of what usually happens. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { parseBody, queryOf } from '../capture/read-message'
import { at, type Chapter, path } from './chapter'

const refused = (message: Message) => (message.response?.status ?? 0) >= 400
const asksFor = (message: Message, grantType: string) =>
  at(message, 'auth-server', 'POST', /^\/token$/) && parseBody(message.request).grant_type === grantType

/** The first one that fits is taken. */
export const REFUSALS: Chapter[] = [
  {
    about: m => m.steps.request === 3 && queryOf(m.request.target).error !== undefined,
    title: 'The answer is an error, not a code',
    why: 'Your browser brings back an error instead of a code, for example access_denied because you chose Deny. Tripmate gets nothing that it could exchange. If you allowed Tripmate something earlier, that permission stays.',
    thief: 'There is nothing to steal in this address: an error opens nothing.',
    spec: rfc(6749, '4.1.2.1'),
    sentBy: 'apps/auth-server/src/endpoints/authorization-response.ts',
    receivedBy: 'apps/client-app/src/oauth/callback.ts',
    heldBy: 'apps/client-app/test/http/connect.test.ts',
  },
  {
    about: m => m.steps.request === 3 && refused(m),
    title: 'Tripmate refuses this answer',
    why: 'Something in the address is not what Tripmate expects, for example a state that it never gave to this browser. Tripmate does not know who made this answer, so it does not use the code in it.',
    thief:
      'An attacker who sends you a link with a code of their own ends here. Your calendar connection stays as it was.',
    spec: rfc(6749, '10.12'),
    receivedBy: 'apps/client-app/src/oauth/callback.ts',
    heldBy: 'apps/client-app/test/http/injection.test.ts',
  },
  {
    about: m => refused(m) && asksFor(m, 'authorization_code'),
    title: 'The exchange of the code is refused',
    why: 'Accounts gives no token. The checks below show which one failed: the client, the code, its redirect URI or the code verifier. If the app was who it says it is and the code was its own, the code is used up now.',
    thief:
      'A thief with a stolen code gets no token either: they have neither the client secret nor the code verifier.',
    spec: rfc(6749, '5.2'),
    sentBy: 'apps/client-app/src/oauth/token-request.ts',
    receivedBy: 'apps/auth-server/src/grants/authorization-code.ts',
    heldBy: 'apps/auth-server/test/http/authorization-code.test.ts',
  },
  {
    about: m => refused(m) && asksFor(m, 'refresh_token'),
    title: 'The refresh is refused',
    why: 'Accounts gives no new access token. Perhaps the refresh token has expired, was used before, or you have withdrawn your consent; the checks below show which. Only you can begin anew, by connecting again.',
    thief: 'A thief with a copy of this refresh token gets the same answer.',
    spec: rfc(6749, '5.2'),
    sentBy: 'apps/client-app/src/oauth/token-request.ts',
    receivedBy: 'apps/auth-server/src/grants/refresh-token.ts',
    heldBy: 'apps/auth-server/test/http/refresh-token.test.ts',
  },
  {
    about: m => m.from === 'client-app' && m.steps.request === 6 && m.response?.status === 401,
    title: 'Calendar refuses the token',
    why: 'The token has expired, has been revoked, or does not fit this API; the checks below show which. Tripmate may now use its refresh token to get a new one. If that is refused too, you have to connect again.',
    thief: 'A thief who holds the same token is refused as well: it opens nothing any longer.',
    spec: rfc(6750, '3.1'),
    sentBy: 'apps/client-app/src/calendar/calendar-client.ts',
    receivedBy: 'apps/calendar-api/src/bearer-token.ts',
    heldBy: 'apps/calendar-api/test/sqlite/bearer-token.test.ts',
  },
  {
    about: m => m.steps.request === 6 && m.response?.status === 403,
    title: 'The token may not do this',
    why: 'The token is good, but its scope does not cover this request. Calendar names the missing scope in its answer, so the app knows what to ask the user for.',
    thief: 'A stolen token with few scopes can do little. This is why an app should ask for no more than it needs.',
    spec: rfc(6750, '3.1'),
    receivedBy: 'apps/calendar-api/src/bearer-token.ts',
    heldBy: 'apps/calendar-api/test/sqlite/bearer-token.test.ts',
  },
  {
    about: m => refused(m) && /^\/(?:authorize|revoke|introspect|register)(?:\/|$)/.test(path(m)),
    title: 'Accounts refuses the request',
    why: 'Something in the request is not as the specification asks. Accounts says what, and changes nothing. The checks below show which one failed.',
    thief: 'Somebody who tries requests at random learns only what was wrong with each, and never a secret.',
    spec: rfc(6749, '5.2'),
    receivedBy: 'apps/auth-server/src/app.ts',
    heldBy: 'apps/auth-server/test/sqlite/authorize-errors.test.ts',
  },
]
