import { generateKeyPairSync } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import * as argon2 from '@node-rs/argon2'
import { hashPassword, verifyPassword } from '../../src/passwords'
import { signJwt } from '../../src/tokens/sign-jwt'

jest.mock('@node-rs/argon2', () => {
  const actual = jest.requireActual('@node-rs/argon2')
  return { ...actual, hash: actual.hash, verify: jest.fn(actual.verify) }
})

const parametersOf = (hash: unknown) => String(hash).split('$').slice(0, 4)

test('an unknown user name takes as long as a wrong password (user enumeration)', async () => {
  const hash = await hashPassword('wonderland')
  expect(await verifyPassword(hash, 'looking-glass')).toBe(false)
  expect(await verifyPassword(undefined, 'looking-glass')).toBe(false)
  const [wrong, unknown, ...more] = jest.mocked(argon2.verify).mock.calls
  expect(more).toEqual([])
  expect(parametersOf(unknown?.[0])).toEqual(parametersOf(wrong?.[0]))
  expect(parametersOf(hash)).toEqual(['', 'argon2id', 'v=19', 'm=19456,t=2,p=1'])
})

test('no password works for an unknown user', async () => {
  expect(await verifyPassword(undefined, 'nobody has this password')).toBe(false)
  expect(await verifyPassword(await hashPassword('wonderland'), 'wonderland')).toBe(true)
})

test('while many passwords are tried, a signature does not wait for them', async () => {
  const stored = await hashPassword('wonderland')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let tried = 0
  const trying = Array.from({ length: 20 }, async () => {
    await verifyPassword(stored, 'looking-glass')
    tried++
  })
  await setImmediate() // now as many hashes are on their way as may be
  await signJwt({ kid: 'a-key', algorithm: 'ES256', privateKey, publicKey }, 'at+jwt', {})
  expect(tried).toBeLessThan(4)
  await Promise.all(trying)
  expect(tried).toBe(20)
})
