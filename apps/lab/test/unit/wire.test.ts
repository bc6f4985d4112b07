import { systemClock } from '@glasshouse/shared/clock'
import type { Message } from '../../src/capture/messages'
import { replaceValues } from '../../src/capture/references'
import type { ValueVault } from '../../src/capture/value-vault'
import type { WireLine } from '../../src/tour/wire'
import { requestLines, responseLines } from '../../src/tour/wire'

const SECRET = 'a-long-token-that-is-secret-x7Kp2Q'

function reader(spent: boolean) {
  const row = { length: SECRET.length, tail: 'x7Kp2Q', plain: spent ? SECRET : null, spent_at: spent ? 1 : null }
  const values = { get: (id: string) => (id === 'v' ? { ...row, expires_at: null } : undefined) }
  return { values: values as unknown as ValueVault, now: systemClock() }
}

const MESSAGE = {
  request: {
    method: 'POST',
    target: '/token?a=1&b=2',
    headers: [
      ['host', 'localhost:4001'],
      ['accept', '*/*'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ],
    body: replaceValues(`code=${SECRET}&client_id=tripmate`, [{ id: 'v', value: SECRET }]),
    bodyBytes: 1,
  },
  response: {
    status: 401,
    headers: [
      ['www-authenticate', 'Bearer'],
      ['location', 'http://localhost:4000/callback?code=x&iss=y'],
      ['content-type', 'application/json'],
    ],
    body: JSON.stringify({ scope: 'a', items: [1, 2], inner: { deep: 1 } }),
    bodyBytes: 1,
  },
} as unknown as Message

const text = (lines: WireLine[]) => lines.map(({ parts }) => parts.map(part => part.text).join(''))

test('a request: one line for each parameter, the headers that tell something, an empty line, and the form', () => {
  const { lines, folded } = requestLines(MESSAGE, {}, reader(false))
  expect(text(lines)).toEqual([
    'POST /token',
    '?a=1',
    '&b=2',
    'Host: localhost:4001',
    'Content-Type: application/x-www-form-urlencoded',
    '',
    'code=…x7Kp2Q',
    '&client_id=tripmate',
  ])
  expect(text(folded)).toEqual(['Accept: */*'])
})

test('an answer: the address it redirects to, by parameter, and the outermost members of JSON', () => {
  expect(text(responseLines(MESSAGE, {}, reader(false)).lines)).toEqual([
    '401 Unauthorized',
    'WWW-Authenticate: Bearer',
    'Location: http://localhost:4000/callback',
    '?code=x',
    '&iss=y',
    'Content-Type: application/json',
    '',
    '{',
    '"scope": "a",',
    '"items": [ 2 of them ],',
    '"inner": { … }',
    '}',
  ])
})

test('a note stands at its line, and brings a folded header back', () => {
  const { lines, folded } = requestLines(MESSAGE, { accept: 'what it reads', code: 'the code' }, reader(false))
  expect(lines.filter(line => line.note).map(({ name, note }) => [name, note])).toEqual([
    ['accept', 'what it reads'],
    ['code', 'the code'],
  ])
  expect(folded).toEqual([])
})

test('a spent value is shown whole, and only a live one is marked as live', () => {
  const parts = (spent: boolean) => requestLines(MESSAGE, {}, reader(spent)).lines.find(l => l.name === 'code')?.parts
  expect(parts(true)).toEqual([{ text: 'code=' }, { text: SECRET, live: false }])
  expect(parts(false)).toEqual([{ text: 'code=' }, { text: '…x7Kp2Q', live: true }])
})
