/**
 * The Model Context Protocol's own conformance suite (`@modelcontextprotocol/conformance`) against `/mcp`. Most of its server
 * scenarios call tools, resources and prompts of a server made for the suite, such as `test_simple_text`. A calendar does not
 * have them, so they have to fail, and for no other reason. `docs/agents.md` says what the suite does not cover.
 */
import { type Check, listScenarios, runScenarios, startTokenProxy } from '../conformance/suite'
import { newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
let results: Map<string, Check[]>
beforeAll(async () => {
  api = await startCalendarApi()
  const proxy = await startTokenProxy(api.url, api.token(newOwner()))
  results = await runScenarios(`${proxy.url}/mcp`)
  await proxy.stop()
}, 60_000)
afterAll(() => api.stop())

const APPLY = ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection']

/** About event streams and sessions, which `/mcp` does not have. The suite takes note of that, and of the JSON answers. */
const WITHOUT_STREAMS = ['server-sse-polling', 'server-sse-multiple-streams']

test.each(APPLY)('%s: passed', scenario => {
  const checks = results.get(scenario) ?? []
  expect(checks.length).toBeGreaterThan(0)
  expect(checks.filter(({ status }) => status !== 'SUCCESS')).toEqual([])
})

test.each(WITHOUT_STREAMS)('%s: nothing failed', scenario => {
  expect(results.get(scenario)?.filter(({ status }) => status === 'FAILURE')).toEqual([])
})

test('every other scenario wants something of the suite’s own server, and misses only that', async () => {
  const others = (await listScenarios('server')).filter(name => ![...APPLY, ...WITHOUT_STREAMS].includes(name))
  expect(others.length).toBeGreaterThan(20)
  const missing = /There is no tool of this name|Method not found|Tool '\w+' not found/
  const unexplained = others.filter(
    name =>
      !results.get(name)?.every(({ status, errorMessage = '' }) => status === 'FAILURE' && missing.test(errorMessage)),
  )
  expect(unexplained).toEqual([])
})

test('the authorization scenarios are for clients: the suite plays both servers', async () => {
  const isAboutAuthorization = (name: string) => name.startsWith('auth/')
  expect((await listScenarios('client')).filter(isAboutAuthorization).length).toBeGreaterThan(10)
  expect((await listScenarios('server')).filter(isAboutAuthorization)).toEqual([])
})
