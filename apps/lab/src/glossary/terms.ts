/** The glossary, in groups. To add a term, add it here: `/glossary` lists it, and views may use its id. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Term, TermGroup } from './term'

export const GLOSSARY: readonly TermGroup[] = [
  {
    id: 'parties',
    title: 'Who takes part',
    terms: [
      {
        id: 'resource-owner',
        name: 'resource owner',
        says: 'The one who may decide about something, such as a calendar, and who lets an app use it. Usually this is the user.',
        example: 'You, when you play alice. The resource is her calendar.',
        spec: rfc(6749, '1.1'),
      },
      {
        id: 'client',
        name: 'client',
        says: 'The app that wants to use something on the user’s behalf. The word means neither the browser nor a customer.',
        example: 'Tripmate.',
        spec: rfc(6749, '1.1'),
      },
      {
        id: 'authorization-server',
        name: 'authorization server',
        says: 'The server that signs the user in, asks what an app may do, and issues tokens. Only this server ever sees the password.',
        example: 'Glasshouse Accounts. For many apps, Google or GitHub plays this role.',
        spec: rfc(6749, '1.1'),
      },
      {
        id: 'resource-server',
        name: 'resource server',
        says: 'The server that keeps what the app wants to use. It answers requests that carry a valid access token.',
        example: 'Glasshouse Calendar. It is an API: programs call it, not people.',
        spec: rfc(6749, '1.1'),
      },
      {
        id: 'user-agent',
        name: 'user agent',
        says: 'The program with which the user visits pages: the browser. In OAuth it also carries messages from one server to another.',
        example: 'Your browser carries the authorization code from Accounts to Tripmate.',
        spec: rfc(6749, '1.2'),
      },
      {
        id: 'confidential-client',
        name: 'confidential client',
        says: 'An app that can keep a secret, because it runs on a server of its own. It proves who it is with that secret.',
        example: 'Tripmate: its secret is on its server, where no visitor can read it.',
        spec: rfc(6749, '2.1'),
      },
      {
        id: 'public-client',
        name: 'public client',
        says: 'An app that cannot keep a secret, because it runs on the user’s device, where anyone can take it apart. It uses PKCE instead.',
        example:
          'An app on your phone. Accounts asks you for consent each time, because it cannot know which app is really asking.',
        spec: rfc(6749, '2.1'),
      },
    ],
  },
  {
    id: 'permission',
    title: 'What is allowed',
    terms: [
      {
        id: 'authentication',
        name: 'authentication',
        says: 'Finding out who someone is. A password is one way to prove it.',
        example: 'alice signs in at Accounts. Tripmate does the same with its client secret.',
        spec: rfc(6749, '3.1'),
      },
      {
        id: 'authorization',
        name: 'authorization',
        says: 'Deciding what someone may do. OAuth is about this, and not about who the user is.',
        example: 'alice allows Tripmate to see her events.',
        spec: rfc(6749, '1'),
      },
      {
        id: 'scope',
        name: 'scope',
        says: 'The name of one permission that an app asks for and a token carries. It limits the app, and never gives it more than the user has.',
        example: '`calendar.read` lets an app see events, `calendar.write` lets it change them.',
        spec: rfc(6749, '3.3'),
      },
      {
        id: 'consent',
        name: 'consent',
        says: 'The user’s decision that this app may have these scopes. The authorization server remembers it until the user withdraws it.',
        example:
          'You choose Allow. Disconnecting Tripmate does not end it; [your page at Accounts](accounts:/account) does.',
        spec: rfc(6749, '1.3.1'),
      },
      {
        id: 'grant',
        name: 'grant',
        says: 'What an app hands in to get a token: proof that it is allowed to have one. There are several types.',
        example: 'Tripmate hands in an authorization code the first time, and a refresh token later.',
        spec: rfc(6749, '1.3'),
      },
      {
        id: 'revocation',
        name: 'revocation',
        says: 'Ending a token before it expires. The app can do it, and so can the user, by withdrawing consent.',
        example: 'When you disconnect Tripmate, it asks Accounts to revoke its tokens.',
        spec: rfc(7009, '2'),
      },
    ],
  },
  {
    id: 'way',
    title: 'How messages travel',
    terms: [
      {
        id: 'front-channel',
        name: 'front channel',
        says: 'The way through the user’s browser, by redirects. Others may see what passes there, and may make it up.',
        example: 'The authorization code comes back to Tripmate this way. In the pictures it is the dashed line.',
        spec: rfc(6749, '1.2'),
      },
      {
        id: 'back-channel',
        name: 'back channel',
        says: 'The way from server to server. The browser takes no part, so secrets and tokens travel there.',
        example: 'Tripmate exchanges the code for tokens this way. In the pictures it is the solid line.',
        spec: rfc(6749, '4.1.3'),
      },
      {
        id: 'request',
        name: 'request and answer',
        says: 'All messages here are HTTP: one program sends a request, and the other one sends an answer back. The first word of a request, such as GET or POST, says whether it wants to read something or to send something.',
        example: '`POST /token` is the request with which Tripmate sends the code, and the token is in the answer.',
        spec: rfc(9110, '3.4'),
      },
      {
        id: 'status-code',
        name: 'status code',
        says: 'The number at the start of an answer. It begins with 2 if all went well, with 3 if the browser is sent on, and with 4 if the request was refused.',
        example:
          '303 sends your browser on to the next page, and 401 means that the request had no token, or none that Calendar accepts.',
        spec: rfc(9110, '15'),
      },
      {
        id: 'header',
        name: 'header',
        says: 'The lines above the content of a message, each with a name and a value. They say things about the message, such as who it is for and what kind of content follows.',
        example: '`Authorization: Bearer …` is the header in which Tripmate shows its access token.',
        spec: rfc(9110, '5'),
      },
      {
        id: 'rfc',
        name: 'RFC',
        says: 'Request for Comments: one of the numbered documents in which the rules of the Internet are written down. The sign § is followed by the number of a section in it.',
        example: 'OAuth 2.0 is RFC 6749. The links with these numbers lead to the rule that a message follows.',
        spec: rfc(2026, '2.1'),
      },
      {
        id: 'redirect',
        name: 'redirect',
        says: 'An answer that tells the browser to open another address. This is how one server sends a message to another through the browser.',
        example: 'You choose Connect, and Tripmate’s answer sends your browser to Accounts.',
        spec: rfc(9110, '15.4'),
      },
      {
        id: 'redirect-uri',
        name: 'redirect URI',
        says: 'The address of the app to which the answer goes. The app registers it beforehand, so that no answer can be sent to a thief.',
        example: 'Tripmate’s ends in `/callback`. With one letter more, Accounts refuses the request.',
        spec: rfc(6749, '3.1.2'),
      },
      {
        id: 'api',
        name: 'API',
        says: 'Application programming interface: the part of a server that programs call, not people. It has addresses and answers as a website has, but answers with data and not with pages.',
        example: 'Glasshouse Calendar. Its answers are JSON.',
        spec: rfc(6749, '1'),
      },
      {
        id: 'endpoint',
        name: 'endpoint',
        says: 'An address with one purpose. The authorization server has two main ones: one that the browser visits, and one that the app calls.',
        example: '`/authorize` is visited by your browser, `/token` is called by Tripmate.',
        spec: rfc(6749, '3'),
      },
      {
        id: 'cookie',
        name: 'cookie',
        says: 'A small value that a server gives to a browser, and that the browser sends back with each later request. It lets the server recognize the browser.',
        example:
          'Tripmate’s is called `tripmate.sid`. Here all parties are on one host, so you see it at Accounts too.',
        spec: rfc(6265, '3'),
      },
      {
        id: 'session',
        name: 'session',
        says: 'What a server remembers about one browser between two requests, such as who is signed in. A cookie says which session it is.',
        example: 'You have one with Tripmate and another with Accounts. Signing out at one leaves the other.',
        spec: rfc(6265, '3'),
      },
      {
        id: 'metadata',
        name: 'metadata',
        says: 'A document in which a server says what its addresses are and what it supports. Programs read it instead of having it built in.',
        example: 'Accounts publishes [its metadata](accounts:/.well-known/oauth-authorization-server).',
        spec: rfc(8414, '2'),
      },
    ],
  },
  {
    id: 'values',
    title: 'What is sent',
    terms: [
      {
        id: 'authorization-request',
        name: 'authorization request',
        says: 'The first message: the app sends the browser to the authorization server and says what access it wants. It is step 1 of 7.',
        example: 'The address that begins with `/authorize?response_type=code`.',
        spec: rfc(6749, '4.1.1'),
      },
      {
        id: 'authorization-code',
        name: 'authorization code',
        says: 'A voucher that the browser brings to the app after the user has agreed. The app exchanges it for tokens, once and within a short time.',
        example: 'The value after `code=` in Tripmate’s callback address.',
        spec: rfc(6749, '1.3.1'),
      },
      {
        id: 'token',
        name: 'token',
        says: 'A value that opens something, like a key. It opens less than a password, it expires, and it can be withdrawn alone.',
        example: 'Tripmate holds two for you: an access token and a refresh token.',
        spec: rfc(6749, '1.4'),
      },
      {
        id: 'access-token',
        name: 'access token',
        says: 'The key that an app shows to the API with each request. It works for a short time and only for the granted scope.',
        example: 'Tripmate sends it to Calendar. It lives for an hour.',
        spec: rfc(6749, '1.4'),
      },
      {
        id: 'refresh-token',
        name: 'refresh token',
        says: 'A second token, with which the app gets a new access token when the old one has expired. It is sent to the authorization server only.',
        example: 'Tripmate uses it at night, when you are asleep and cannot sign in.',
        spec: rfc(6749, '1.5'),
      },
      {
        id: 'bearer-token',
        name: 'bearer token',
        says: 'A token that anybody who holds it can use, like cash. The API does not check who sends it.',
        example: '`Authorization: Bearer …` in Tripmate’s requests to Calendar.',
        spec: rfc(6750, '1.2'),
      },
      {
        id: 'expiry',
        name: 'expiry',
        says: 'The moment after which a token no longer works. It limits how long a stolen token is of use.',
        example: 'The claim `exp`: an hour after the token was issued.',
        spec: rfc(7519, '4.1.4'),
      },
      {
        id: 'rotation',
        name: 'rotation',
        says: 'Replacing a refresh token each time it is used. If an old one comes back, it may have been stolen, so all tokens of the connection end.',
        example: 'After a refresh, Tripmate holds a new refresh token, and the old one is dead.',
        spec: rfc(9700, '4.14.2'),
      },
      {
        id: 'client-id',
        name: 'client ID',
        says: 'The name under which an app is registered at the authorization server. It is not secret.',
        example: '`client_id=tripmate`.',
        spec: rfc(6749, '2.2'),
      },
      {
        id: 'client-secret',
        name: 'client secret',
        says: 'The password of an app, which only the app and the authorization server know. With it the app proves who it is.',
        example: 'Tripmate sends it to Accounts in step 4. The Lab never records it.',
        spec: rfc(6749, '2.3.1'),
      },
    ],
  },
  {
    id: 'inside',
    title: 'Inside a token',
    terms: [
      {
        id: 'jwt',
        name: 'JWT',
        says: 'A format for tokens: a few statements as JSON, with a signature. Anyone can read it, but nobody can change it unnoticed.',
        example: 'The access token. It begins with `eyJ`, as every JWT does.',
        spec: rfc(7519, '3'),
      },
      {
        id: 'claim',
        name: 'claim',
        says: 'One statement inside a token, with a name and a value. It is worth something only if the signature is right.',
        example: '`"scope": "calendar.read"` says what the token is for.',
        spec: rfc(7519, '4'),
      },
      {
        id: 'signature',
        name: 'signature',
        says: 'A value, computed with a private key, that fits one text only. With the public key anyone can check it, and nobody else can make it.',
        example:
          'Accounts signs each access token. Calendar checks it with a key from [Accounts’ list](accounts:/jwks).',
        spec: rfc(7515, '1'),
      },
      {
        id: 'issuer',
        name: 'issuer',
        says: 'Who made a token or an answer: the address of the authorization server. The receiver accepts only the one it expects.',
        example: 'The claim `iss` is the address of Accounts. So is `iss` in the callback address.',
        spec: rfc(7519, '4.1.1'),
      },
      {
        id: 'audience',
        name: 'audience',
        says: 'For whom a token was made. An API refuses tokens that were made for another one.',
        example: 'The claim `aud` is the address of Calendar.',
        spec: rfc(7519, '4.1.3'),
      },
      {
        id: 'subject',
        name: 'subject',
        says: 'Whom a token is about: usually the user, by an id that never changes. The API serves the data of this user.',
        example: 'The claim `sub` is `usr_2f8c1a` for alice.',
        spec: rfc(7519, '4.1.2'),
      },
    ],
  },
  {
    id: 'protection',
    title: 'What protects the flow',
    terms: [
      {
        id: 'state',
        name: 'state',
        says: 'A random value that the app gives to one browser and expects back with the answer. It stops an attacker from planting an answer of their own.',
        example: '`state=…` stands in step 1, and comes back in step 3. Tripmate compares.',
        spec: rfc(6749, '10.12'),
      },
      {
        id: 'csrf',
        name: 'CSRF',
        says: 'Cross-site request forgery: a stranger makes your browser send a request that you did not mean to send. Your browser adds your cookies, so the server believes it is you.',
        example: 'Mallory mails you a link that would connect Tripmate to her calendar.',
        spec: rfc(6749, '10.12'),
      },
      {
        id: 'pkce',
        name: 'PKCE',
        says: 'Proof Key for Code Exchange, spoken “pixy”: the app sends a hash at the start and the value behind it at the end. Only the one who began can finish, so a stolen code is useless.',
        example: '`code_challenge` in step 1 and `code_verifier` in step 4.',
        spec: rfc(7636, '1'),
      },
      {
        id: 'code-verifier',
        name: 'code verifier',
        says: 'The random value that an app makes for one attempt and keeps to itself. It sends it at the end, to show that it began this attempt.',
        example: 'Tripmate sends it to Accounts in step 4, from server to server.',
        spec: rfc(7636, '4.1'),
      },
      {
        id: 'code-challenge',
        name: 'code challenge',
        says: 'The hash of the code verifier. Everyone may see it, because nobody can compute the verifier from it.',
        example: 'It stands in the address of step 1.',
        spec: rfc(7636, '4.2'),
      },
      {
        id: 'hash',
        name: 'hash',
        says: 'A short value computed from another one. The same input always gives the same hash, but nobody can get from the hash back to the input.',
        example:
          'SHA-256 turns the code verifier into the challenge. Accounts stores codes and refresh tokens only as hashes.',
        spec: rfc(7636, '4.2'),
      },
      {
        id: 'replay',
        name: 'replay',
        says: 'Sending a message again that was sent before. Values that work only once make it useless.',
        example: 'A second use of the code is refused, and ends the tokens that the first use gave.',
        spec: rfc(6749, '10.5'),
      },
    ],
  },
]

const BY_ID = new Map(GLOSSARY.flatMap(group => group.terms).map(term => [term.id, term]))

/** @throws Error for an id that is not in the glossary, which a test of the data finds */
export function termNamed(id: string): Term {
  const term = BY_ID.get(id)
  if (!term) throw new Error(`the glossary has no term ${id}`)
  return term
}
