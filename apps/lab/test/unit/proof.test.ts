import type { Message } from '../../src/capture/messages'
import { findProof, fits } from '../../src/tour/proof'
import type { MessagePattern } from '../../src/tour/stop'

const TOKEN: Message = {
  id: '1',
  number: 8,
  place: 8,
  from: 'client-app',
  to: 'auth-server',
  channel: 'back',
  kind: 'protocol',
  shown: true,
  depth: 1,
  after: undefined,
  causedBy: null,
  steps: { request: 4, response: 5 },
  startedAt: 1_000,
  durationMs: 5,
  request: {
    method: 'POST',
    target: '/token',
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: 'grant_type=authorization_code&code=x',
    bodyBytes: 36,
  },
  response: {
    status: 200,
    headers: [['content-type', 'application/json']],
    body: '{"scope":"calendar.read"}',
    bodyBytes: 25,
  },
  refusal: undefined,
  reportedBy: ['client-app'],
  version: 1,
}
const REDIRECT: Message = {
  ...TOKEN,
  id: '2',
  from: 'browser',
  request: { method: 'GET', target: '/authorize?scope=a+b', headers: [], bodyBytes: 0 },
  response: { status: 303, headers: [['location', 'http://localhost:4000/callback?code=x']], bodyBytes: 0 },
}
const ENDPOINT: MessagePattern = { to: 'auth-server', path: '/token' }

test.each<[string, Message, MessagePattern, boolean]>([
  ['its endpoint', TOKEN, ENDPOINT, true],
  ['another endpoint', TOKEN, { to: 'auth-server', path: '/revoke' }, false],
  ['another receiver', TOKEN, { to: 'client-app', path: '/token' }, false],
  ['its sender', TOKEN, { ...ENDPOINT, from: 'client-app' }, true],
  ['another sender', TOKEN, { ...ENDPOINT, from: 'browser' }, false],
  ['another method', TOKEN, { ...ENDPOINT, method: 'GET' }, false],
  ['one of several statuses', TOKEN, { ...ENDPOINT, status: [201, 200] }, true],
  ['another status', TOKEN, { ...ENDPOINT, status: [400] }, false],
  ['a field of the form', TOKEN, { ...ENDPOINT, sends: { grant_type: 'authorization_code', code: true } }, true],
  ['a field with another value', TOKEN, { ...ENDPOINT, sends: { grant_type: 'refresh_token' } }, false],
  ['a field that is missing', TOKEN, { ...ENDPOINT, sends: { code_verifier: true } }, false],
  ['a member of the answer', TOKEN, { ...ENDPOINT, answers: { scope: 'calendar.read' } }, true],
  ['a member with another value', TOKEN, { ...ENDPOINT, answers: { scope: 'calendar.write' } }, false],
  ['a parameter of the query', REDIRECT, { to: 'auth-server', path: '/authorize', sends: { scope: 'a b' } }, true],
  ['a parameter of the redirect', REDIRECT, { to: 'auth-server', path: '/authorize', answers: { code: true } }, true],
  ['no answer', { ...TOKEN, response: undefined }, ENDPOINT, false],
])('a message is found by %s: or not', (_what, message, pattern, found) => {
  expect(fits(message, pattern)).toBe(found)
})

test('the newest fitting message counts, and all pieces that are needed have to be there', () => {
  const older = { ...TOKEN, id: 'older', startedAt: 500 }
  const token = { title: 'token', finds: ENDPOINT }
  const revoke = { title: 'revoke', finds: { ...ENDPOINT, path: '/revoke' } }
  expect(findProof([older, TOKEN], [token])?.map(({ message }) => message.id)).toEqual(['1'])
  expect(findProof([TOKEN], [token, revoke])).toBeUndefined()
  expect(findProof([TOKEN], [token, { ...revoke, optional: true }])).toHaveLength(1)
  expect(findProof([], [{ ...token, optional: true }])).toEqual([])
})
