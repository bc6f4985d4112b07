import type { ReportingService } from '@glasshouse/shared/lab/exchange'
import { kindOf, stepsOf } from '../../src/capture/steps'
import { exchange, form } from '../support'

const location = (value: string) => ({ status: 303, headers: [['location', value]] as [string, string][] })
const CODE = location('http://localhost:4000/callback?code=abc&state=def')

test.each<[string, ReportingService, Parameters<typeof exchange>[0], string, number | null, number | null]>([
  [
    'Connect',
    'client-app',
    { request: { target: '/connect' }, response: location('http://localhost:4001/authorize?response_type=code') },
    'protocol',
    null,
    1,
  ],
  [
    'the authorization request',
    'auth-server',
    { request: { target: '/authorize?client_id=x' }, response: location('/login?request=1') },
    'protocol',
    1,
    1,
  ],
  [
    'one that is answered at once',
    'auth-server',
    { request: { target: '/authorize?client_id=x' }, response: CODE },
    'protocol',
    1,
    3,
  ],
  [
    'one that is refused by redirect',
    'auth-server',
    { request: { target: '/authorize' }, response: location('http://a/cb?error=invalid_scope') },
    'protocol',
    1,
    3,
  ],
  ['the sign-in page', 'auth-server', { request: { target: '/login?request=1' } }, 'protocol', 2, 2],
  ['the consent', 'auth-server', { request: { method: 'POST', target: '/consent' }, response: CODE }, 'protocol', 2, 3],
  ['the callback', 'client-app', { request: { target: '/callback?code=abc' } }, 'protocol', 3, 3],
  [
    'the token request',
    'auth-server',
    { request: { method: 'POST', target: '/token', ...form({ grant_type: 'authorization_code' }) } },
    'protocol',
    4,
    5,
  ],
  [
    'the refresh',
    'auth-server',
    { request: { method: 'POST', target: '/token', ...form({ grant_type: 'refresh_token' }) } },
    'protocol',
    7,
    7,
  ],
  [
    'the withdrawal of consent, which belongs to no step',
    'auth-server',
    { request: { method: 'POST', target: '/account/withdraw' }, response: location('/account') },
    'protocol',
    null,
    null,
  ],
  ['an API call', 'calendar-api', { request: { target: '/calendar/events?q=x' } }, 'protocol', 6, 6],
  [
    'a preflight',
    'calendar-api',
    { request: { method: 'OPTIONS', target: '/calendar/events' } },
    'discovery',
    null,
    null,
  ],
  ['a revocation', 'auth-server', { request: { method: 'POST', target: '/revoke' } }, 'protocol', null, null],
  [
    'metadata',
    'auth-server',
    { request: { target: '/.well-known/oauth-authorization-server' } },
    'discovery',
    null,
    null,
  ],
  ['keys', 'auth-server', { request: { target: '/jwks' } }, 'discovery', null, null],
  ['the poll', 'auth-server', { request: { target: '/ended-tokens?after=1' } }, 'poll', null, null],
  ['a file', 'client-app', { request: { target: '/assets/x.css' } }, 'asset', null, null],
  ['a page', 'client-app', { request: { target: '/trips' } }, 'page', null, null],
])('%s', (_, to, parts, kind, request, response) => {
  const one = exchange(parts)
  expect(kindOf(one, to)).toBe(kind)
  expect(stepsOf(one, to)).toEqual({ request, response })
})
