/**
 * What a message is for, told to a person: what it does, what a thief who got it could do, and what stops the thief. And where
 * it stands in this repository: the lines that sent and received it, and a test that holds it.
 */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { parseBody } from '../capture/read-message'
import { at, type Chapter, path, type Story } from './chapter'
import { REFUSALS } from './refusals'

/** The first one that fits is taken. */
const CHAPTERS: Chapter[] = [
  ...REFUSALS,
  {
    about: m => at(m, 'client-app', 'GET', /^\/connect$/),
    title: 'You press Connect',
    why: 'Tripmate does not ask for your password. It answers with a redirect: your browser is to go to Accounts and carry Tripmate’s request there. Tripmate first makes up a random state and a code verifier, and remembers both.',
    thief:
      'The request itself is no secret: it says who asks, for what, and where the answer is to go. The verifier stays at Tripmate; only its hash, the code challenge, leaves the house.',
    spec: rfc(6749, '4.1.1'),
    receivedBy: 'apps/client-app/src/oauth/authorization-request.ts',
    heldBy: 'apps/client-app/test/http/connect.test.ts',
  },
  {
    about: m => m.steps.request === 1,
    title: 'The authorization request',
    why: 'Your browser brings Tripmate’s request to Accounts. Accounts checks who is asking and where the answer may go, before it shows you anything. From here on you talk to Accounts, and Tripmate cannot listen.',
    thief:
      'Somebody could change the request, for instance to have the answer sent to a server of their own. That is why redirect_uri must be one that Tripmate registered before, letter by letter.',
    spec: rfc(6749, '4.1.1'),
    sentBy: 'apps/client-app/src/oauth/authorization-request.ts',
    receivedBy: 'apps/auth-server/src/endpoints/authorize.ts',
    heldBy: 'apps/auth-server/test/http/authorize.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'GET', /^\/login$/),
    title: 'The sign-in page',
    why: 'Accounts wants to know who you are, and asks on a page of its own. Look at the address bar: this is the only place where your password belongs.',
    thief:
      'A false sign-in page on another address could catch your password. Tripmate never shows one, so a Tripmate page that asks for it is a fraud.',
    spec: rfc(6749, '3.1'),
    receivedBy: 'apps/auth-server/src/pages/login.ts',
    heldBy: 'apps/auth-server/test/http/sign-in.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/login$/),
    title: 'Your password goes to Accounts',
    why: 'The one message that carries your password. It goes from your browser to Accounts, and to nobody else. The Lab does not record it, not even masked. Accounts compares it with a hash, and gives your browser a new session.',
    thief:
      'With the password, a thief could do everything that you can do at Accounts. This is what OAuth is for: an app that never gets the password cannot lose it.',
    spec: rfc(6749, '10.7'),
    receivedBy: 'apps/auth-server/src/pages/login.ts',
    heldBy: 'apps/auth-server/test/http/sign-in.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'GET', /^\/consent$/),
    title: 'The consent page',
    why: 'Accounts shows which app asks and for what. Each scope is one permission, and you may take some of them away. Nothing has been granted so far.',
    thief:
      'An app could pretend to be another one. Accounts shows where the answer will go, and whether anybody vouches for the app.',
    spec: rfc(6749, '4.1'),
    receivedBy: 'apps/auth-server/src/pages/consent.ts',
    heldBy: 'apps/auth-server/test/http/consent.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/consent$/),
    title: 'You decide',
    why: 'Your answer. If you allowed access, Accounts remembers your consent and sends your browser back to Tripmate with a code in the address. If you denied it, the address has an error instead.',
    thief:
      'The code travels through your browser: its address bar, its history. That is why it is not the key itself. It works once, for a minute, and only for Tripmate.',
    spec: rfc(6749, '4.1.2'),
    receivedBy: 'apps/auth-server/src/pages/consent.ts',
    heldBy: 'apps/auth-server/test/http/consent.test.ts',
  },
  {
    about: m => m.steps.request === 3,
    title: 'The answer comes back',
    why: 'Your browser brings the code to Tripmate. Anybody could have sent your browser here, so Tripmate first compares state with the one it gave this browser: only then is this the answer to its own question.',
    thief:
      'Without state, an attacker could send you a link with the attacker’s own code, and your trips would land in the attacker’s calendar. A stolen code is no use without Tripmate’s secret and the code verifier.',
    spec: rfc(6749, '4.1.2'),
    sentBy: 'apps/auth-server/src/endpoints/authorization-response.ts',
    receivedBy: 'apps/client-app/src/oauth/callback.ts',
    heldBy: 'apps/client-app/test/http/injection.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/token$/) && parseBody(m.request).grant_type === 'authorization_code',
    title: 'The code is exchanged for a token',
    why: 'Now the browser is out of the way: Tripmate’s server speaks to Accounts directly. It proves who it is with its client secret, and that it is the one who began, with the code verifier. The answer is the access token, the key to your calendar.',
    thief:
      'Somebody who read the code in your browser’s history cannot do this: the client secret and the verifier never passed through the browser. And the code works once. A second use is refused and ends the tokens of the first.',
    spec: rfc(6749, '4.1.3'),
    sentBy: 'apps/client-app/src/oauth/token-request.ts',
    receivedBy: 'apps/auth-server/src/grants/authorization-code.ts',
    heldBy: 'apps/auth-server/test/http/authorization-code.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/token$/) && parseBody(m.request).grant_type === 'refresh_token',
    title: 'A new access token, without you',
    why: 'Access tokens live for an hour, so that a stolen one is soon worthless. The refresh token gets the next one. You are not asked again, and your browser takes no part. Accounts replaces the refresh token at each use.',
    thief:
      'A thief’s copy and Tripmate’s are the same token. Whoever uses it second shows Accounts a token that was already replaced, and Accounts ends all tokens of this connection.',
    spec: rfc(6749, '6'),
    sentBy: 'apps/client-app/src/oauth/token-request.ts',
    receivedBy: 'apps/auth-server/src/grants/refresh-token.ts',
    heldBy: 'apps/auth-server/test/http/refresh-token.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/token$/) && parseBody(m.request).grant_type === 'client_credentials',
    title: 'An app asks for a token of its own',
    why: 'No user takes part. The app proves who it is and gets a token that stands for the app alone. It opens nobody’s calendar.',
    thief: 'Whoever has the client secret can do this, so an app that cannot keep a secret may not use this grant.',
    spec: rfc(6749, '4.4'),
    receivedBy: 'apps/auth-server/src/grants/client-credentials.ts',
    heldBy: 'apps/auth-server/test/http/client-credentials.test.ts',
  },
  {
    about: m => m.from === 'client-app' && m.steps.request === 6 && m.request.method === 'GET',
    title: 'Tripmate reads your calendar',
    why: 'Tripmate shows the access token, and the calendar answers. The calendar checks the token by itself: who signed it, whether it is meant for this API, whether it is still good, and whether its scope allows reading.',
    thief:
      'A bearer token works for whoever holds it, like a key. So it travels only from server to server, never through your browser, and it ends soon.',
    spec: rfc(6750, '2.1'),
    sentBy: 'apps/client-app/src/calendar/calendar-client.ts',
    receivedBy: 'apps/calendar-api/src/bearer-token.ts',
    heldBy: 'apps/calendar-api/test/sqlite/bearer-token.test.ts',
  },
  {
    about: m => m.from === 'client-app' && m.steps.request === 6,
    title: 'Tripmate changes your calendar',
    why: 'The same token, but now something is written, so the token must have the scope calendar.write. A token that may only read is refused here with 403.',
    thief:
      'A thief with a token that may only read could look at your events, but change none. Ask for little, and little can be stolen.',
    spec: rfc(6750, '3.1'),
    sentBy: 'apps/client-app/src/calendar/calendar-client.ts',
    receivedBy: 'apps/calendar-api/src/bearer-token.ts',
    heldBy: 'apps/calendar-api/test/sqlite/bearer-token.test.ts',
  },
  {
    about: m => at(m, 'calendar-api', 'POST', /^\/mcp\/?$/),
    title: 'An agent uses your calendar',
    why: 'An AI agent calls a tool (Model Context Protocol) with the access token that you approved. To the calendar it is an app like any other: the same checks of the token, and for each tool a scope. A call that changes something without calendar.write is refused with 403, and the agent has to ask you for more.',
    thief:
      'Somebody who sends you an invitation can write instructions for the agent into it. Ask for little: an agent that may only read cannot delete anything, whatever it reads.',
    spec: rfc(6750, '3.1'),
    receivedBy: 'apps/calendar-api/src/endpoints/mcp.ts',
    heldBy: 'apps/calendar-api/test/http/mcp-http.test.ts',
  },
  {
    about: m => m.steps.request === 6,
    title: 'Somebody calls the calendar',
    why: 'The calendar does not care who calls: it looks only at the token. Without one, or with one that it cannot trust, the answer is 401.',
    thief: 'A thief without a token gets nowhere. A thief with a token is let in, until the token ends.',
    spec: rfc(6750, '2.1'),
    receivedBy: 'apps/calendar-api/src/bearer-token.ts',
    heldBy: 'apps/calendar-api/test/sqlite/bearer-token.test.ts',
  },
  {
    about: m => /^\/demo\//.test(path(m)),
    title: 'You press a button of the Lab',
    why: 'The Lab asks a service to do something that otherwise only time or another page would do. This exists in demo mode only and is not part of OAuth.',
    thief: 'Such a button would be useful to a thief as well, so in production it does not exist.',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/revoke$/),
    title: 'Tripmate gives a token back',
    why: 'When you disconnect, Tripmate tells Accounts that it no longer needs the token. From then on the calendar refuses it. Your consent stays: connecting again will not ask you.',
    thief: 'A copy of the token that somebody made earlier dies with it.',
    spec: rfc(7009, '2'),
    sentBy: 'apps/client-app/src/oauth/token-request.ts',
    receivedBy: 'apps/auth-server/src/endpoints/revoke.ts',
    heldBy: 'apps/auth-server/test/http/revoke.test.ts',
  },
  {
    about: m => at(m, 'auth-server', 'POST', /^\/account\/withdraw$/),
    title: 'You withdraw your consent',
    why: 'You tell Accounts that Tripmate may no longer use your calendar. Accounts deletes its record of your consent and ends every token that was made from it. It answers only when the calendar knows, so the calendar refuses these tokens from now on.',
    thief: 'A thief who stole one of these tokens loses access as well, although Tripmate has not done anything.',
    spec: rfc(9700, '4.14'),
    receivedBy: 'apps/auth-server/src/pages/account.ts',
    heldBy: 'apps/auth-server/test/http/account.test.ts',
  },
  {
    about: m => m.to === 'auth-server' && /^\/introspect$/.test(path(m)),
    title: 'Is this token still good?',
    why: 'A resource server, or the app that the token was issued to, asks Accounts about a token. Anyone else is told only that it is not active.',
    thief: 'If anybody could ask, a thief could test tokens here without leaving a trace at the calendar.',
    spec: rfc(7662, '2'),
    receivedBy: 'apps/auth-server/src/endpoints/introspect.ts',
    heldBy: 'apps/auth-server/test/http/introspect.test.ts',
  },
  {
    about: m => m.to === 'auth-server' && /^\/register/.test(path(m)),
    title: 'An app registers itself',
    why: 'The app says its name and where answers may be sent. Accounts gives it a client_id.',
    thief: 'Anybody may register here, so Accounts vouches for none of these apps, and says so on the consent page.',
    spec: rfc(7591, '3'),
    receivedBy: 'apps/auth-server/src/endpoints/register.ts',
    heldBy: 'apps/auth-server/test/http/register.test.ts',
  },
  {
    about: m => path(m) === '/jwks',
    title: 'The public keys',
    why: 'The calendar fetches the keys with which Accounts’ signatures can be checked. They are public: with them one can verify a signature, but not make one.',
    thief:
      'There is nothing to steal. Whoever could change this answer could forge every token, so it is fetched over TLS in production.',
    spec: rfc(7517, '5'),
    sentBy: 'apps/calendar-api/src/signing-keys.ts',
    receivedBy: 'apps/auth-server/src/endpoints/jwks.ts',
    heldBy: 'apps/auth-server/test/sqlite/discovery.test.ts',
  },
  {
    about: m => path(m).startsWith('/.well-known/'),
    title: 'Where is what?',
    why: 'A server describes itself: which addresses it has and what it supports. So a client needs to know only one address.',
    thief: 'There is nothing secret here. A client must check that the description names the server it asked.',
    spec: rfc(8414, '3'),
    sentBy: 'apps/client-app/src/oauth/server-metadata.ts',
    receivedBy: 'apps/auth-server/src/endpoints/metadata.ts',
    heldBy: 'apps/auth-server/test/sqlite/discovery.test.ts',
  },
  {
    about: m => path(m) === '/ended-tokens',
    title: 'Which tokens have ended early?',
    why: 'The calendar checks tokens without asking Accounts each time. So that a withdrawal works at once, it keeps asking for the list of tokens that ended before their time.',
    thief:
      'If this list could be kept away from the calendar, withdrawn tokens would go on working. So without a fresh list the calendar lets nobody in.',
    sentBy: 'apps/calendar-api/src/ended-tokens.ts',
    receivedBy: 'apps/auth-server/src/endpoints/ended-tokens.ts',
    heldBy: 'apps/auth-server/test/http/ended-tokens.test.ts',
  },
]

const PAGE: Story = {
  title: 'A page',
  why: 'Your browser asks for a page or sends a form. This is not part of OAuth, but it is what set the messages below it in motion.',
  thief:
    'The session cookie says who you are to this server. Whoever has it is taken for you, so it is kept from scripts and from other sites.',
}

export function storyOf(message: Message): Story {
  return CHAPTERS.find(({ about }) => about(message)) ?? PAGE
}

/** For the test that holds the paths against the repository. */
export function allStories(): Story[] {
  return [...CHAPTERS, PAGE]
}
