import { isSpent, show, tailOf } from '../../src/capture/masking'

const NOW = 1_000_000
const VALUE = 'k3JdQmP0aB7cD9eF1gH2iJ4k'

const value = (changes: object) => ({
  length: VALUE.length,
  tail: 'iJ4k9z',
  plain: null,
  spent_at: null,
  expires_at: null,
  ...changes,
})

test.each([
  ['opens something', {}, false],
  ['was spent', { spent_at: NOW - 1 }, true],
  ['has expired', { expires_at: NOW }, true],
  ['expires a moment later', { expires_at: NOW + 1 }, false],
])('a value that %s is spent or not', (_, changes, expected) => {
  expect(isSpent(value(changes), NOW)).toBe(expected)
})

test.each([
  ['still opens something: its last six characters', { plain: VALUE }, '…iJ4k9z'],
  ['was spent: all of it', { plain: VALUE, spent_at: NOW }, VALUE],
  ['has expired: all of it', { plain: VALUE, expires_at: NOW }, VALUE],
  ['was spent, but its text is lost: its last six characters', { spent_at: NOW }, '…iJ4k9z'],
  ['is too short to show a part of it', { tail: '' }, '…'],
])('what is shown of a value that %s', (_, changes, expected) => {
  expect(show(value(changes), NOW)).toBe(expected)
})

test.each([
  ['aB7cD9eF1gH2iJ4k', 'H2iJ4k'],
  ['aB7cD9eF1gH2iJ4', ''],
  ['short', ''],
  ['', ''],
])('what is kept of %j is %j', (text, tail) => {
  expect(tailOf(text)).toBe(tail)
})
