import { startTestServer, type TestServer } from '@glasshouse/shared/testing/test-server'
import { EndedTokens } from '../../src/ended-tokens'
import { KeysUnavailable, SigningKeys } from '../../src/signing-keys'
import { startCalendarApi, type TestCalendarApi } from '../support'

/** The server to which the authorization server's address redirects, and the requests that arrived there. */
let elsewhere: TestServer
let here: TestServer
let arrived: (string | undefined)[]
let api: TestCalendarApi

beforeEach(async () => {
  arrived = []
  ;[api, elsewhere, here] = [await startCalendarApi(), await startTestServer(), await startTestServer()]
  elsewhere.answerWith((request, response) => {
    arrived.push(request.headers.authorization)
    response.end(JSON.stringify({ ended: [], last: 0, lease: 3, keys: [] }))
  })
  here.answerWith((request, response) => {
    response.writeHead(307, { Location: elsewhere.url + request.url }).end()
  })
})
afterEach(async () => {
  for (const server of [api, elsewhere, here]) await server.stop()
})

const clocks = { clock: Date.now, stopwatch: () => performance.now() }

test('the API does not follow a redirect with its secret, and accepts no list of withdrawn tokens from elsewhere', async () => {
  const { log } = api.context
  const endedTokens = new EndedTokens({ feedUrl: `${here.url}/ended-tokens`, secret: 'a secret', ...clocks, log })
  expect(await endedTokens.upToDate()).toBe(false)
  await endedTokens.stop()
  expect(arrived).toEqual([])
})

test('the API does not follow a redirect to keys elsewhere', async () => {
  const keys = new SigningKeys(`${here.url}/jwks`, clocks.stopwatch, api.context.log)
  await expect(keys.find('a key')).rejects.toThrow(KeysUnavailable)
  expect(arrived).toEqual([])
})
