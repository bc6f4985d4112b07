/** Answers while the authorization server is unavailable (RFC 9457, docs/decisions/jwt-and-withdrawal.md). */
import { callerOf, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeEach(async () => {
  api = await startCalendarApi()
})
afterEach(() => api.stop())

const list = () => callerOf(api, api.token('usr_2f8c1a'))('GET')

test.each([
  ['the list of withdrawn tokens', 'endedTokens', 'it cannot tell whether the access token was withdrawn'],
  ['the signing keys', 'jwks', 'it does not have the key to check the access token with'],
] as const)('without %s, a 503 has a type of its own and says what the API cannot know', async (_what, part, why) => {
  api.authServer.trouble[part] = 'down'
  api.wait(3_000)
  const { status, headers, json } = await list()
  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe('1')
  expect(headers.get('content-type')).toMatch('application/problem+json')
  expect(json).toEqual({
    type: `${api.url}/#authorization-server-unavailable`,
    title: 'Authorization Server Unavailable',
    status: 503,
    detail: expect.stringMatching(`^This API cannot reach the authorization server, so ${why}\\.`),
    requestId: headers.get('x-request-id'),
  })
})

test('the type is the address of its explanation (RFC 9457 §3.1.1)', async () => {
  api.authServer.trouble.endedTokens = 'down'
  api.wait(3_000)
  const { hash, href } = new URL((await list()).json.type)
  expect(await (await fetch(href)).text()).toMatch(`id="${hash.slice(1)}"`)
})

test('every other problem is about:blank, and its title is the name of the status (RFC 9457 §4.2.1)', async () => {
  const { json } = await send(`${api.url}/nowhere`)
  expect(json).not.toHaveProperty('type')
  expect(json.title).toBe('Not Found')
})
