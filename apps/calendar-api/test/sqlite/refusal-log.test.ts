import { request as httpRequest } from 'node:http'
import { createKey, type TokenChanges } from '../fake-auth-server'
import { send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeEach(async () => {
  api = await startCalendarApi({ listens: false })
})
afterEach(async () => {
  jest.restoreAllMocks()
  await api.stop()
})

const events = () => `${api.url}/calendar/events`
const listWith = (Authorization: string, query = '') => send(events() + query, 'GET', { headers: { Authorization } })
const listBy = (changes: TokenChanges = {}) => listWith(`Bearer ${api.token('usr_2f8c1a', changes)}`)

/** Sends the same header twice. */
function listTwice(authorization: string): Promise<void> {
  return new Promise(resolve => {
    const request = httpRequest(events(), response => response.resume().on('end', resolve))
    request.setHeader('Authorization', [authorization, authorization]).end()
  })
}

/** Part of each token, and never of a log. */
const HUSH = 'hush-hush-never-to-be-logged'
const REFUSED = 'The access token was rejected.'
const CANNOT_REACH = 'This API cannot reach the authorization server, so it'

function listEnded(): Promise<unknown> {
  // Not awaited: no poll confirms it before the next request.
  void api.authServer.end(HUSH)
  return listBy({ claims: { jti: HUSH } })
}

describe('a refused request leaves one line that says which check failed, and why', () => {
  test.each<[string, number, string, () => Promise<unknown>]>([
    ['bearer.missing', 401, 'There is no access token. Send one in the Authorization header.', () => send(events())],
    [
      'bearer.repeated',
      400,
      'The request has more than one Authorization header. Send one.',
      () => listTwice(`Bearer ${HUSH}`),
    ],
    [
      'bearer.second',
      400,
      'The query contains an access token too. Send it only in the Authorization header.',
      () => listWith(`Bearer ${HUSH}`, `?access_token=${HUSH}`),
    ],
    [
      'bearer.malformed',
      400,
      'The Authorization header is malformed. Send the word Bearer, a space and the access token.',
      () => listWith(`Bearer ${HUSH},x`),
    ],
    ['bearer.form', 401, `${REFUSED} It is not a signed JWT.`, () => listWith(`Bearer ${HUSH}`)],
    [
      'bearer.typ',
      401,
      `${REFUSED} It is not an access token: its typ is not at+jwt.`,
      () => listBy({ header: { typ: HUSH } }),
    ],
    ['bearer.alg', 401, `${REFUSED} Its signing algorithm is not accepted.`, () => listBy({ header: { alg: HUSH } })],
    [
      'bearer.crit',
      401,
      `${REFUSED} It requires an extension that this API does not support.`,
      () => listBy({ header: { crit: [HUSH] } }),
    ],
    [
      'bearer.kid',
      401,
      `${REFUSED} It was not signed with a key of the authorization server.`,
      () => listBy({ header: { kid: HUSH } }),
    ],
    [
      'bearer.key_alg',
      401,
      `${REFUSED} Its algorithm does not match its key.`,
      () => listBy({ header: { alg: 'RS256' } }),
    ],
    [
      'bearer.signature',
      401,
      `${REFUSED} Its signature is not valid.`,
      () => listBy({ key: { ...createKey(), kid: api.authServer.keys[0]?.kid ?? '' } }),
    ],
    [
      'bearer.iss',
      401,
      `${REFUSED} It was issued by another authorization server.`,
      () => listBy({ claims: { iss: `https://${HUSH}.example` } }),
    ],
    ['bearer.aud', 401, `${REFUSED} It was issued for another API.`, () => listBy({ claims: { aud: HUSH } })],
    [
      'bearer.claims',
      401,
      `${REFUSED} A required claim is missing or has the wrong type.`,
      () => listBy({ claims: { jti: undefined } }),
    ],
    ['bearer.exp', 401, `${REFUSED} It has expired.`, () => listBy({ claims: { exp: 1 } })],
    ['bearer.nbf', 401, `${REFUSED} It is not valid yet.`, () => listBy({ claims: { nbf: 99_999_999_999 } })],
    [
      'bearer.iat',
      401,
      `${REFUSED} Its iat is in the future. Check the clocks of both servers.`,
      () => listBy({ claims: { iat: 99_999_999_999 } }),
    ],
    ['bearer.ended', 401, `${REFUSED} It was withdrawn.`, listEnded],
    [
      'bearer.scope',
      403,
      'This request needs the scope calendar.read, which the access token does not have.',
      () => listBy({ claims: { scope: HUSH } }),
    ],
    [
      'bearer.owner',
      403,
      'An event belongs to a user, but this access token was issued to an app for itself (client_credentials). ' +
        'Get one that a user has approved (authorization_code).',
      () => listBy({ claims: { sub: HUSH, client_id: HUSH } }),
    ],
    [
      'bearer.keys_unavailable',
      503,
      `${CANNOT_REACH} does not have the key to check the access token with. Try again in a second.`,
      () => {
        api.authServer.trouble.jwks = 'down'
        return listBy({ claims: { jti: HUSH } })
      },
    ],
    [
      'bearer.ended_unknown',
      503,
      `${CANNOT_REACH} cannot tell whether the access token was withdrawn. It accepts no token until it can. Try again in a second.`,
      () => {
        api.authServer.trouble.endedTokens = 'down'
        return listBy({ claims: { jti: HUSH } })
      },
    ],
  ])('%s', async (refused, status, why, act) => {
    const warn = jest.spyOn(api.context.log, 'warn')
    await act()
    // A failed fetch leaves a line of its own before it.
    expect(warn.mock.calls.filter(([, message]) => message === 'refused')).toEqual([
      [{ requestId: expect.any(String), method: 'GET', path: '/calendar/events', status, refused, why }, 'refused'],
    ])
    expect(JSON.stringify(warn.mock.calls)).not.toContain(HUSH)
  })
})
