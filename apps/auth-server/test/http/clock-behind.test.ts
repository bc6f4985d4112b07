/** The machine's clock was ahead at the first start and has been corrected since. */
import { createLog } from '@glasshouse/shared/log'
import { openContext } from '../../src/open'
import { PUBLISHED_AHEAD_S } from '../../src/tokens/signing-keys'
import { claimsOf, startAuthServer, type TestAuthServer, tokens } from '../support'

const AHEAD_S = 7200

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer()
  server.advance(-AHEAD_S)
})
afterEach(() => server.stop())

const health = async () => (await fetch(`${server.url}/healthz`)).json()
const kidThatSigns = async () => claimsOf((await tokens(server)).access_token).header.kid

async function kidsPublished(): Promise<string[]> {
  const { keys } = (await (await fetch(`${server.url}/jwks`)).json()) as { keys: { kid: string }[] }
  return keys.map(key => key.kid)
}

test('tokens are signed with the published key, although its creation time is in the future', async () => {
  expect([await kidThatSigns()]).toEqual(await kidsPublished())
})

test('of several keys from the future the oldest signs, because it has been published longest', async () => {
  server.advance(AHEAD_S)
  const [oldest] = await kidsPublished()
  await server.context.keys.rotate()
  server.advance(-AHEAD_S)
  expect(await kidsPublished()).toHaveLength(2)
  expect(await kidThatSigns()).toBe(oldest)
})

test('a key that is created now takes over as in any rotation', async () => {
  await server.context.keys.rotate()
  server.advance(PUBLISHED_AHEAD_S)
  expect(await kidThatSigns()).toBe((await kidsPublished())[0])
})

test('/healthz and the log at the start say how far the clock is behind, until it has caught up', async () => {
  const warning = "this machine's clock is 7200 s behind the time when the signing key was created; set the clock"
  expect(await health()).toEqual({ status: 'ok', warning })
  const log = createLog('copy', 'silent')
  const warn = jest.spyOn(log, 'warn')
  const { close } = await openContext(server.context.config, log, server.context.clock)
  await close()
  expect(warn).toHaveBeenCalledWith(warning)
  server.advance(AHEAD_S)
  expect(await health()).toEqual({ status: 'ok' })
})
