/** Unsupported values in a registration are left out if a supported one remains (RFC 7591 §2, §3.2.1). */

import { bearer, CALLBACK, registrationServer, send } from '../registration'
import { authorizationUrl } from '../support'

const { its, register, registered, tokensOf } = registrationServer()

const ZWNJ = '\u200c'
const ZWJ = '\u200d'

const REPLACED: [string, Record<string, unknown>, Record<string, unknown>][] = [
  ['grant types', { grant_types: ['authorization_code', 'implicit'] }, { grant_types: ['authorization_code'] }],
  [
    'a grant type of another specification',
    { grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token', 'authorization_code'] },
    { grant_types: ['authorization_code', 'refresh_token'] },
  ],
  ['scopes', { scope: 'openid calendar.read profile' }, { scope: 'calendar.read' }],
  ['response types', { response_types: ['code', 'code id_token', 'token'] }, { response_types: ['code'] }],
  [
    'all three at once',
    {
      grant_types: ['implicit', 'authorization_code'],
      response_types: ['token', 'code'],
      scope: 'email calendar.write',
    },
    { grant_types: ['authorization_code'], response_types: ['code'], scope: 'calendar.write' },
  ],
]

describe('unknown values are left out if there is a known one, and the response says what was registered', () => {
  test.each(REPLACED)('%s', async (_what, sent, kept) => {
    const client = await registered(sent)
    expect(client).toMatchObject(kept)
    const read = await send('GET', client.registration_client_uri, undefined, bearer(client.registration_access_token))
    expect(read.json).toMatchObject(kept)
    expect((await tokensOf(client)).status).toBe(200)
  })

  test.each(REPLACED)('in an update too: %s (RFC 7592 §2.2)', async (_what, sent, kept) => {
    const { client_id, registration_client_uri, registration_access_token } = await registered()
    const update = { client_id, redirect_uris: [CALLBACK], ...sent }
    const answer = await send('PUT', registration_client_uri, update, bearer(registration_access_token))
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining(kept)])
  })

  test('a scope that was left out cannot be requested later (RFC 6749 §3.3)', async () => {
    const { client_id } = await registered({ scope: 'openid calendar.read' })
    const url = authorizationUrl(its.server, { client_id, redirect_uri: CALLBACK, scope: 'openid' })
    const { headers } = await fetch(url, { redirect: 'manual' })
    expect(headers.get('location')).toContain('error=invalid_scope')
  })
})

describe('a registration is refused if no known value remains (RFC 7591 §3.2.2)', () => {
  test.each([
    ['grant_types', ['implicit', 'password']],
    ['grant_types', []],
    ['response_types', ['token', 'id_token']],
    ['scope', 'openid profile'],
    ['scope', ''],
  ])('%s %j', async (member, value) => {
    const refused = {
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining(`${member} has no supported value`),
    }
    expect((await register({ redirect_uris: [CALLBACK], [member]: value })).json).toMatchObject(refused)
    const { client_id, registration_client_uri, registration_access_token } = await registered()
    const update = { client_id, redirect_uris: [CALLBACK], [member]: value }
    const answer = await send('PUT', registration_client_uri, update, bearer(registration_access_token))
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining(refused)])
  })

  test('and so is an unknown token_endpoint_auth_method, which is a single value', async () => {
    const answer = await register({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt' })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata'])
  })
})

describe('client_name may contain the joiners that a script or an emoji needs', () => {
  test.each([
    ['Persian', `می${ZWNJ}خواهم`],
    ['Bengali', `র${ZWJ}্যাব`],
    ['Sinhala', `ශ්${ZWJ}රී ලංකා`],
    ['a joined emoji', `Coders 👩${ZWJ}💻`],
    ['an emoji with a variation selector', `❤\ufe0f${ZWJ}🔥`],
    ['an emoji with several joiners', `👨${ZWJ}👩${ZWJ}👧`],
  ])('%s', async (_what, client_name) => {
    expect(await registered({ client_name })).toMatchObject({ client_name })
  })

  test.each([
    ['alone', ZWJ],
    ['at the beginning', `${ZWNJ}Tripmate`],
    ['at the end', `Tripmate${ZWJ}`],
    ['two in a row', `Trip${ZWJ}${ZWNJ}mate`],
    ['beside a space', `Trip ${ZWJ}mate`],
    ['before a space', `Trip${ZWNJ} mate`],
    ['between invisible characters', `\ufe0f${ZWJ}\ufe0f`],
    ['beside a Hangul filler', `\u3164${ZWJ}\u3164`],
    ['with a change of direction', `Trip${ZWJ}mate\u202e`],
    ['with an isolate', `Trip\u2066${ZWJ}mate`],
    ['with a zero-width space', `Trip\u200bmate`],
    ['with a word joiner', `Trip\u2060mate`],
    ['with a soft hyphen', `Trip\u00admate`],
    ['with a byte order mark', `Trip\ufeffmate`],
  ])('but not %s', async (_what, client_name) => {
    const answer = await register({ redirect_uris: [CALLBACK], client_name })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata'])
    expect(answer.json.error_description).toContain('client_name')
  })
})

describe('a redirect URI cannot be a pattern (RFC 9700 §4.1.1)', () => {
  test.each([
    'https://*.app.example/callback',
    'https://app.example/*',
    'https://app.example/callback/*/end',
    'http://localhost:*/callback',
    'https://*/callback',
    'com.example.app:/*',
    'com.example.*:/callback',
  ])('%s', async uri => {
    const answer = await register({ redirect_uris: [uri] })
    expect([answer.status, answer.json]).toEqual([
      400,
      {
        error: 'invalid_redirect_uri',
        error_description:
          'redirect_uris[0] has a * in its host or path, but patterns are not supported; register each redirect URI in full',
      },
    ])
  })

  test('a * in the query is allowed', async () => {
    const uri = 'https://app.example/callback?filter=*'
    expect(await registered({ redirect_uris: [uri] })).toMatchObject({ redirect_uris: [uri] })
  })
})

test.each(['registration_access_token', 'registration_client_uri', 'client_secret_expires_at', 'client_id_issued_at'])(
  'an update with %s says that the server sets it (RFC 7592 §2.2)',
  async member => {
    const client = await registered()
    const update = { client_id: client.client_id, redirect_uris: [CALLBACK], [member]: client[member] }
    const answer = await send('PUT', client.registration_client_uri, update, bearer(client.registration_access_token))
    expect(answer.json).toEqual({
      error: 'invalid_client_metadata',
      error_description: `\`${member}\` is set by the server; omit it`,
    })
  },
)
