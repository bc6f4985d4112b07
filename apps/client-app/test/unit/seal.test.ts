import { seal, unseal } from '../../src/oauth/seal'

const key = Buffer.alloc(32, 'key')

it('opens with the key, in its place', () => {
  expect(unseal(key, seal(key, 'the token ✓', 'row:column'), 'row:column')).toBe('the token ✓')
})

it('looks different each time, and like nothing that was put in', () => {
  const sealed = [seal(key, 'the token', 'a'), seal(key, 'the token', 'a')]
  expect(sealed[0]).not.toBe(sealed[1])
  expect(Buffer.from(sealed[0] ?? '', 'base64url').toString('latin1')).not.toContain('the token')
})

it.each([
  ['another key', (sealed: string) => unseal(Buffer.alloc(32, 'other'), sealed, 'row:column')],
  ['another place', (sealed: string) => unseal(key, sealed, 'row:other')],
  ['a changed letter', (sealed: string) => unseal(key, flip(sealed), 'row:column')],
  ['half of it', (sealed: string) => unseal(key, sealed.slice(0, 20), 'row:column')],
  ['nothing', () => unseal(key, '', 'row:column')],
])('does not open with %s', (_what, open) => {
  expect(open(seal(key, 'the token', 'row:column'))).toBeUndefined()
})

function flip(sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ 1
  return bytes.toString('base64url')
}
