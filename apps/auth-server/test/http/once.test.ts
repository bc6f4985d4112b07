import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import * as authorizationCodes from '../../src/store/authorization-codes'
import * as authorizationRequests from '../../src/store/authorization-requests'
import * as refreshTokens from '../../src/store/refresh-tokens'
import { hashToken } from '../../src/tokens/opaque-token'
import {
  addClient,
  authorizeForCode,
  consentPageOf,
  redeem,
  refresh,
  signIn,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer()
})
afterEach(() => server.stop())

/** Calls the store directly, so that the twenty attempts reach the deciding statement at the same time. */
describe('of twenty simultaneous attempts exactly one succeeds', () => {
  const now = () => Math.floor(server.context.clock() / 1000)

  async function winners(attempt: () => Promise<unknown>): Promise<number> {
    const outcomes = await Promise.all(Array.from({ length: 20 }, attempt))
    return outcomes.filter(Boolean).length
  }

  test('to redeem a code (RFC 6749 §4.1.2)', async () => {
    const hash = hashToken(await authorizeForCode(server))
    expect(await winners(() => authorizationCodes.redeem(server.context.db, hash, 'tripmate', now()))).toBe(1)
  })

  test('to use a refresh token (RFC 9700 §4.14.2)', async () => {
    const hash = hashToken((await tokens(server)).refresh_token)
    expect(await winners(() => refreshTokens.replace(server.context.db, hash, 'tripmate', now()))).toBe(1)
  })

  test('to answer an authorization request', async () => {
    const page = await consentPageOf(server, new TestBrowser())
    const id = new URL(page.url).searchParams.get('request') ?? ''
    expect(await winners(() => authorizationRequests.decide(server.context.db, id, now()))).toBe(1)
  })
})

test('another client that sends a used code does not end the tokens of the code’s client', async () => {
  await addClient(server, { id: 'another', secret: 'secret-of-another-for-tests-0123456789' })
  const code = await authorizeForCode(server)
  const { refresh_token } = (await redeem(server, code)).json
  const another = { client_id: 'another', client_secret: 'secret-of-another-for-tests-0123456789' }
  expect((await redeem(server, code, another)).json.error).toBe('invalid_grant')
  expect((await refresh(server, refresh_token)).status).toBe(200)
})

test('a code is refused after the user has withdrawn consent', async () => {
  const code = await authorizeForCode(server)
  const browser = new TestBrowser()
  const account = await signIn(server, browser, await browser.get(`${server.url}/login`))
  await browser.submit(account, {}, 'client_id')
  expect((await redeem(server, code)).json.error).toBe('invalid_grant')
})
