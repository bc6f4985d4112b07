import { createLog } from '@glasshouse/shared/log'
import { statementsOf } from '@glasshouse/shared/testing/statements'
import type { Context } from '../../src/context'
import { openContext } from '../../src/open'
import { startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
let other: Awaited<ReturnType<typeof openContext>>

beforeAll(async () => {
  server = await startAuthServer()
  other = await openContext(server.context.config, createLog('auth-server', 'silent'))
})
afterAll(async () => {
  await other.close()
  await server.stop()
})

test('two copies count the wrong secrets of a client together (RFC 6749 §2.3.1)', async () => {
  const copies = [server.context, other.context]
  const guess = (copy: Context | undefined, right: boolean, address = '192.0.2.1') =>
    copy?.clientSecretLimit.attempt('tripmate', address, () => right)
  for (let n = 0; n < 60; n++) expect(await guess(copies[n % 2], false)).toEqual({ outcome: 'wrong' })
  for (const copy of copies) expect(await guess(copy, true)).toMatchObject({ outcome: 'limited' })
  for (const copy of copies) expect(await guess(copy, true, '192.0.2.2')).toMatchObject({ outcome: 'right' })
})

test('right secrets that come together share a look at the count, and a wrong one among them is counted alone', async () => {
  const attempts = (rights: boolean[], address: string) =>
    Promise.all(rights.map(right => server.context.clientSecretLimit.attempt('tripmate', address, () => right)))
  const right = Array<boolean>(20).fill(true)
  // The first one does not wait for others; all others wait for it.
  expect(await statementsOf(() => attempts(right, '192.0.2.3'))).toHaveLength(2)
  const mixed = await attempts([true, false, true, false, true], '192.0.2.4')
  expect(mixed.map(({ outcome }) => outcome)).toEqual(['right', 'wrong', 'right', 'wrong', 'right'])
  for (let n = 0; n < 58; n++) await attempts([false], '192.0.2.4')
  expect((await attempts([true, true], '192.0.2.4')).map(({ outcome }) => outcome)).toEqual(['limited', 'limited'])
})
