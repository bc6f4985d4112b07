import { findValues } from '../../src/capture/secret-names'
import { accessToken, exchange, form, json } from '../support'

const TOKEN = accessToken()

test.each([
  [
    'a code in a callback',
    { request: { target: '/callback?code=the-code&state=the-state' } },
    { code: 'the-code', state: 'the-state' },
  ],
  [
    'a code in a redirect',
    { response: { headers: [['location', 'https://app.example/cb?code=the-code&iss=x']] as [string, string][] } },
    { code: 'the-code' },
  ],
  [
    'a token in a fragment',
    { response: { headers: [['location', 'https://app.example/cb#access_token=abc.def.ghi']] as [string, string][] } },
    { access_token: 'abc.def.ghi' },
  ],
  [
    'a token request',
    { request: form({ code: 'the-code', code_verifier: 'the-verifier', client_id: 'tripmate' }) },
    { code: 'the-code', code_verifier: 'the-verifier' },
  ],
  [
    'a token response',
    { response: json({ access_token: TOKEN, refresh_token: 'the-refresh-token', token_type: 'Bearer' }) },
    { access_token: TOKEN, refresh_token: 'the-refresh-token' },
  ],
  [
    'a bearer token',
    { request: { headers: [['authorization', `Bearer ${TOKEN}`]] as [string, string][] } },
    { access_token: TOKEN },
  ],
  [
    'an opaque bearer token',
    { request: { headers: [['authorization', 'Bearer opaque']] as [string, string][] } },
    { unknown: 'opaque' },
  ],
  [
    'cookies',
    { request: { headers: [['cookie', 'a.sid=one; b.sid=two']] as [string, string][] } },
    { session: ['one', 'two'] },
  ],
  [
    'a cookie that is set',
    { response: { headers: [['set-cookie', 'a.sid=one; Path=/; HttpOnly']] as [string, string][] } },
    { session: 'one' },
  ],
  ['a revocation', { request: form({ token: TOKEN }) }, { access_token: TOKEN }],
  [
    'a registration',
    { response: json({ client_id: 'x', registration_access_token: 'rat' }) },
    { registration_access_token: 'rat' },
  ],
  ['a hidden form field', { request: form({ _csrf: 'the-field', username: 'alice' }) }, { form_field: 'the-field' }],
  ['nested JSON', { response: json({ a: [{ b: { id_token: 'deep' } }] }) }, { unknown: 'deep' }],
  ['a list of events', { response: json({ items: [{ summary: 'Tea' }], nextPageToken: 'p', nextSyncToken: 's' }) }, {}],
])('%s', (_, parts, expected) => {
  const found: Record<string, string | string[]> = {}
  for (const { kind, value } of findValues(exchange(parts))) {
    const before = found[kind]
    found[kind] = before === undefined ? value : [before, value].flat()
  }
  expect(found).toEqual(expected)
})
