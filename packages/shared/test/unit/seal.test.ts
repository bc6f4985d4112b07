import { deriveKey, seal, unseal } from '../../src/seal'

const key = Buffer.alloc(32, 'key')

it('opens with the right key in the right place', () => {
  expect(unseal(key, seal(key, 'the token ✓', 'row:column'), 'row:column')).toBe('the token ✓')
})

it('is different each time, and does not contain the original text', () => {
  const sealed = [seal(key, 'the token', 'a'), seal(key, 'the token', 'a')]
  expect(sealed[0]).not.toBe(sealed[1])
  expect(Buffer.from(sealed[0] ?? '', 'base64url').toString('latin1')).not.toContain('the token')
})

it.each([
  ['another key', (sealed: string) => unseal(Buffer.alloc(32, 'other'), sealed, 'row:column')],
  ['another place', (sealed: string) => unseal(key, sealed, 'row:other')],
  ['a changed letter', (sealed: string) => unseal(key, flip(sealed), 'row:column')],
  ['only half of the text', (sealed: string) => unseal(key, sealed.slice(0, 20), 'row:column')],
  ['nothing', () => unseal(key, '', 'row:column')],
])('does not open with %s', (_what, open) => {
  expect(open(seal(key, 'the token', 'row:column'))).toBeUndefined()
})

it('derives a separate key for each purpose from one secret, the same at every start', () => {
  const secret = 'a-session-secret-of-at-least-32-characters'
  const sealed = seal(deriveKey(secret, 'one purpose'), 'the token', 'row:column')
  expect(unseal(deriveKey(secret, 'one purpose'), sealed, 'row:column')).toBe('the token')
  expect(unseal(deriveKey(secret, 'another'), sealed, 'row:column')).toBeUndefined()
  expect(unseal(deriveKey(`${secret}!`, 'one purpose'), sealed, 'row:column')).toBeUndefined()
})

function flip(sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ 1
  return bytes.toString('base64url')
}
