import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { runUpkeep } from '../../src/upkeep'
import {
  addClient,
  authorizeForCode,
  CODE_CHALLENGE,
  postForm,
  redeem,
  refresh,
  SECRET,
  signIn,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer({ REFRESH_TOKEN_TTL: '7200', ACCESS_TOKEN_TTL: '600' })
})
afterEach(() => server.stop())

/** What the account page says about one of alice's apps, by the page's labels. */
async function factsOf(app = 'Tripmate'): Promise<Record<string, string>> {
  const browser = new TestBrowser()
  const { body } = await signIn(server, browser, await browser.get(`${server.url}/login`))
  const card = body.split('<article').find(part => part.includes(`<h3>${app}</h3>`)) ?? ''
  const facts = [...card.matchAll(/<dt>([^<]*)<\/dt><dd>([\s\S]*?)<\/dd>/g)]
  return Object.fromEntries(facts.map(([, name = '', text = '']) => [name, text.replace(/<[^>]*>/g, '').trim()]))
}

const NONE = 'none: the app has disconnected, or its tokens have expired'
const ONE = 'one connection, with its own tokens'

const revoke = (token: string) => postForm(server, '/revoke', { token, client_id: 'tripmate', client_secret: SECRET })

test('an app that disconnects is still listed, without tokens: revoking tokens does not end consent (RFC 7009 §2)', async () => {
  const { refresh_token } = await tokens(server)
  expect(await factsOf()).toMatchObject({ 'Tokens now': ONE })
  await revoke(refresh_token)
  expect(await factsOf()).toMatchObject({ 'Tokens now': NONE, Permission: expect.stringContaining('calendar.read') })
})

test('connections are counted once for each authorization, however often they were refreshed', async () => {
  const { refresh_token } = await tokens(server)
  await tokens(server)
  await refresh(server, refresh_token)
  expect(await factsOf()).toMatchObject({ 'Tokens now': '2 connections, each with its own tokens' })
})

test('a code that was not redeemed does not count as a connection', async () => {
  const code = await authorizeForCode(server)
  expect(await factsOf()).toMatchObject({ 'Tokens now': NONE, 'Last token issued': 'none yet' })
  await redeem(server, code)
  expect(await factsOf()).toMatchObject({ 'Tokens now': ONE })
})

test('expired tokens, and tokens of another app or user, are not counted', async () => {
  await addClient(server, { id: 'other', name: 'The other' })
  await authorizeForCode(server, {
    client_id: 'other',
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
  })
  await tokens(server)
  expect(await factsOf('The other')).toMatchObject({ 'Tokens now': NONE })
  server.advance(7199)
  expect(await factsOf()).toMatchObject({ 'Tokens now': ONE })
  server.advance(2)
  expect(await factsOf()).toMatchObject({ 'Tokens now': NONE })
})

test('the page still says when the last token was issued after that token has expired and was deleted', async () => {
  const { refresh_token } = await tokens(server)
  server.advance(3600)
  await refresh(server, refresh_token)
  const { 'Last token issued': before } = await factsOf()
  server.advance(86_400)
  await runUpkeep(server.context)
  expect(await factsOf()).toMatchObject({ 'Tokens now': NONE, 'Last token issued': before })
})

test('the page says when the last token was issued, and that it cannot tell when a token was used', async () => {
  const { refresh_token } = await tokens(server)
  const before = await factsOf()
  server.advance(300)
  await refresh(server, refresh_token)
  const after = await factsOf()
  expect(after.Since).toBe(before.Since)
  expect(after['Last token issued']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
  expect(after['Last token issued']).not.toBe(before['Last token issued'])
  expect(after).not.toHaveProperty('Last used')
  const browser = new TestBrowser()
  const { body } = await signIn(server, browser, await browser.get(`${server.url}/login`))
  expect(body).toContain('shows only when the last token was issued')
})
