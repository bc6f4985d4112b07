/** Step 6: what the calendar checks before it answers. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { headerOf, pathOf } from '../capture/read-message'
import { type Check, type CheckList, calledFrom, type Place } from './check'

const BEARER = 'apps/calendar-api/src/bearer-token.ts'
const EVENTS = 'apps/calendar-api/src/endpoints/events.ts'
const STORED_EVENT = 'apps/calendar-api/src/endpoints/stored-event.ts'

export const at = (anchor: string): Place => ({ file: BEARER, anchor })

export const READING: Check[] = [
  {
    name: 'token-sent',
    sentence: 'There is an access token in the Authorization header.',
    section: rfc(6750, '2.1'),
    without: 'Anybody could read every calendar.',
    ...at('if (!/^bearer(?![^ ])/i.test(authorization)) {'),
    why: ['There is no access token. Send one in the Authorization header.'],
  },
  {
    name: 'one-authorization-header',
    sentence: 'There is only one Authorization header.',
    section: rfc(6750, '3.1'),
    without: 'A proxy could check one token, and the calendar obey another.',
    ...at('if (isRepeated(rawHeaders)) {'),
    why: ['The request has more than one Authorization header. Send one.'],
  },
  {
    name: 'token-not-in-address',
    sentence: 'There is no access token in the address.',
    section: rfc(6750, '5.3'),
    without: 'The token would end up in logs and in browser histories, where others find it.',
    ...at("if (queryOf(url).has('access_token')) {"),
    why: ['The query contains an access token too. Send it only in the Authorization header.'],
  },
  {
    name: 'token-readable',
    sentence: 'The header has the form “Bearer”, a space and the token.',
    section: rfc(6750, '2.1'),
    without: 'Two programs could each find another token in the same header.',
    ...at('if (!token) {'),
    why: ['The Authorization header is malformed. Send the word Bearer, a space and the access token.'],
  },
]

export const TOKEN: Check[] = [
  {
    name: 'token-is-a-jwt',
    sentence: 'The token is a signed JWT.',
    section: rfc(9068, '4'),
    without: 'A code or a refresh token, which are for somebody else, would have to be sorted out further down.',
    ...at('const header = readHeader(token)'),
    why: ['It is not a signed JWT.'],
  },
  {
    name: 'token-type',
    sentence: 'It is an access token (typ at+jwt), and no other kind of JWT.',
    section: rfc(9068, '4'),
    without: 'A token that only says who signed in would open the calendar as well.',
    ...at('if (!/^(application\\/)?at\\+jwt$/i.test(String(header.typ))) {'),
    why: ['It is not an access token: its typ is not at+jwt.'],
  },
  {
    name: 'algorithm-accepted',
    sentence: 'Its signature is of a kind that this API accepts, and never “none”.',
    section: rfc(8725, '3.1'),
    without: 'An attacker could write a token, say that it needs no signature, and be let in.',
    ...at('if (!ALGORITHMS.includes(header.alg))'),
    why: ['Its signing algorithm is not accepted.'],
  },
  {
    name: 'no-unknown-extension',
    sentence: 'It requires no extension that this API does not know (crit).',
    section: rfc(7515, '4.1.11'),
    without: 'The API would overlook a condition under which the token was issued.',
    ...at("if ('crit' in header)"),
    why: ['It requires an extension that this API does not support.'],
  },
  {
    name: 'key-known',
    sentence: 'It names a key (kid) that Glasshouse Accounts has published.',
    section: rfc(7515, '4.1.4'),
    without: 'Attackers could sign tokens with keys of their own.',
    ...at('const key = await findKey(header.kid, checks)'),
    why: [
      'It was not signed with a key of the authorization server.',
      'This API cannot reach the authorization server, so it does not have the key to check the access token with. ',
    ],
  },
  {
    name: 'algorithm-of-the-key',
    sentence: 'The algorithm is the one that this key is for.',
    section: rfc(8725, '3.1'),
    without: 'An attacker could have a key used in a way that makes it easy to forge signatures.',
    ...at('if (header.alg !== key.algorithm)'),
    why: ['Its algorithm does not match its key.'],
  },
  {
    name: 'signature-right',
    sentence: 'The signature is right: Glasshouse Accounts wrote this token, and nobody has changed it since.',
    section: rfc(7515, '5.2'),
    without: 'Anybody could write themselves a token, or change whose calendar it is for.',
    ...at('const claims = verifySignature(token, key)'),
    why: ['Its signature is not valid.'],
  },
  {
    name: 'issuer-trusted',
    sentence: 'It was issued by Glasshouse Accounts (iss).',
    section: rfc(9068, '4'),
    without: 'Any other authorization server could give away calendars that are kept here.',
    ...at('if (claims.iss !== checks.issuer)'),
    why: ['It was issued by another authorization server.'],
  },
  {
    name: 'meant-for-this-api',
    sentence: 'It is meant for this API (aud).',
    section: rfc(9068, '4'),
    without: 'Another API that you gave a token to could use it here, and read your calendar.',
    ...at('if (![claims.aud].flat().includes(checks.audience))'),
    why: ['It was issued for another API.'],
  },
  {
    name: 'claims-complete',
    sentence:
      'It says whose calendar it is for, which app it was issued to, and until when (sub, client_id, exp and others).',
    section: rfc(9068, '2.2'),
    without: 'A token without an end would be valid for ever.',
    ...at('if (!isText(sub) || !isText(client_id)'),
    why: ['A required claim is missing or has the wrong type.'],
  },
  {
    name: 'token-not-expired',
    sentence: 'It has not expired (exp).',
    section: rfc(7519, '4.1.4'),
    without: 'A token that was stolen once would be of use to the thief for ever.',
    ...at('if (now >= exp + CLOCK_TOLERANCE_S)'),
    why: ['It has expired.'],
  },
  {
    name: 'token-valid-already',
    sentence: 'The time from which it is valid (nbf) has come.',
    section: rfc(7519, '4.1.5'),
    without: 'A token for later could be used at once.',
    ...at('if (nbf !== undefined'),
    why: ['It is not valid yet.'],
    // Glasshouse Accounts puts no nbf into its tokens.
    when: () => false,
  },
  {
    name: 'clocks-agree',
    sentence: 'It was not issued in the future (iat).',
    section: rfc(7519, '4.1.6'),
    without: 'With clocks that disagree, a token that has expired would look valid.',
    ...at('if (now < iat - CLOCK_TOLERANCE_S) {'),
    why: ['Its iat is in the future. Check the clocks of both servers.'],
  },
  {
    name: 'token-not-withdrawn',
    sentence: 'It was not revoked: neither by the user nor by the app, nor because a theft was detected.',
    section: rfc(7009, '3'),
    without:
      'An app would keep its access for up to an hour after you took it away: a revoked token still has a right signature and has not expired.',
    how: 'The token itself does not show this. Accounts keeps a list of the tokens that were revoked before they expired, and the calendar holds a request for news of it open all the time (GET /ended-tokens). Accounts confirms a revocation only after the calendar has the new list, so by then the token is already refused. When the calendar cannot reach Accounts, it refuses every token after 3 seconds at most.',
    ...at('if (checks.endedTokens.has(jti))'),
    why: [
      'It was withdrawn.',
      'This API cannot reach the authorization server, so it cannot tell whether the access token was withdrawn. ',
      'It accepts no token until it can. Try again in a second.',
    ],
  },
]

export const SCOPE: Check = {
  name: 'scope-sufficient',
  sentence: 'The token allows this kind of request: calendar.read for reading, calendar.write for everything else.',
  section: rfc(6750, '3.1'),
  without: 'An app that you only allowed to look could delete your events.',
  ...at('if (![scope, ...also].some(value => accessToken.scope.has(value))) {'),
  why: ['This request needs the scope …, which the access token does not have.'],
}

const isReading = ({ request }: Message) => request.method === 'GET' || request.method === 'HEAD'
/** At the calendar's own address, or at Google's, where the same handlers answer. */
const EVENTS_PATH = String.raw`^\/calendar\/(?:v3\/calendars\/[^/]+\/)?events`
const ONE_EVENT = new RegExp(String.raw`${EVENTS_PATH}\/(?!stream$).`)
const EVENTS_OR_ONE = new RegExp(String.raw`${EVENTS_PATH}(?:\/[^/]+)?\/?$`)
const isAboutOneEvent = ({ request }: Message) => ONE_EVENT.test(pathOf(request.target))
const sendsEvent = ({ request }: Message) => ['POST', 'PUT', 'PATCH'].includes(request.method)

export const OWNER: Check = {
  name: 'token-of-a-user',
  sentence: 'The token stands for a user, whose events these are.',
  section: rfc(6749, '4.4'),
  without: 'An app that no user has allowed anything could ask for “all events”.',
  ...at('if (accessToken.owner !== undefined) return accessToken.owner'),
  why: [
    'An event belongs to a user, but this access token was issued to an app for itself (client_credentials). ',
    'Get one that a user has approved (authorization_code).',
  ],
}

/** What follows is the calendar's own business. OAuth has nothing to say about it. */
const EVENT: Check[] = [
  {
    name: 'request-well-formed',
    sentence: 'The event, or the question about events, has the form that the API expects.',
    without: 'Nonsense would be stored, and the next reader would get it.',
    file: EVENTS,
    anchor: "router.post('/', mayWrite, inCalendar, event",
    why: ['event', 'list', 'body', 'type', 'entity.too.large', 'request.aborted', 'encoding.unsupported'],
    when: message => sendsEvent(message) || (isReading(message) && !isAboutOneEvent(message)),
  },
  ...calledFrom({ file: EVENTS, anchor: 'const changed = await attempt(' }, [
    {
      name: 'event-in-this-calendar',
      sentence: 'The event is in this user’s calendar.',
      without: 'Whoever guesses the id of an event could read and change it, in anybody’s calendar.',
      file: STORED_EVENT,
      anchor: 'if (!found) throw noSuchEvent()',
      why: [
        'This calendar has no event with this id.',
        'An event with this id already exists. Choose another id, or omit it.',
      ],
      when: isAboutOneEvent,
    },
    {
      name: 'event-unchanged',
      sentence: 'Nobody has changed the event since the app read it (If-Match).',
      section: rfc(9110, '13.1.1'),
      without: 'Two people who change an event at the same time would overwrite each other’s changes.',
      file: STORED_EVENT,
      anchor: 'if (failed) throw preconditionFailed(failed)',
      why: [
        'The event has changed since you read it. Read it again, then repeat your change.',
        'The event is in a state that If-None-Match excludes. Read it again, then repeat your change.',
      ],
      when: ({ request }) => headerOf(request, 'if-match') !== undefined,
    },
  ]),
]

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

export const bearerToken: CheckList = {
  receiver: 'calendar-api',
  receives: ({ request }) => EVENTS_OR_ONE.test(pathOf(request.target)) && METHODS.includes(request.method),
  checks: [
    ...calledFrom(
      // One route stands for all: each begins with the same two guards.
      { file: EVENTS, anchor: "router.post('/', mayWrite" },
      [
        ...calledFrom(at('const token = readBearerToken(request)'), READING),
        ...calledFrom(at('await checkAccessToken(token, checks)'), TOKEN),
        SCOPE,
      ],
    ),
    ...calledFrom({ file: EVENTS, anchor: "router.post('/', mayWrite, inCalendar" }, [OWNER]),
    ...EVENT,
  ],
}
