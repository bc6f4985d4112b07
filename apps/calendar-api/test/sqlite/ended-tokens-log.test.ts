/** What the log says while the authorization server cannot be reached. */
import { callerOf, startCalendarApi, type TestCalendarApi } from '../support'

const WARNING = 'cannot reach the authorization server; API requests get 503 until it answers'
const RECOVERY = 'the authorization server answers again; API requests are answered as usual'

let api: TestCalendarApi
let lines: unknown[]
beforeEach(async () => {
  // It polls only when a request needs it, so a test decides when a poll fails, and how long ago the last one did.
  api = await startCalendarApi({ listens: false, stopwatch: () => 0 })
  lines = []
  for (const level of ['warn', 'info'] as const) {
    jest.spyOn(api.context.log, level).mockImplementation((...args: unknown[]) => {
      const message = args.at(-1)
      if (message !== 'refused') lines.push(message)
    })
  }
})
afterEach(async () => {
  jest.restoreAllMocks()
  await api.stop()
})

const statusOfList = async () => (await callerOf(api, api.token('usr_2f8c1a'))('GET')).status

test('no line at first, one warning after 3 seconds, and one line when the server answers again', async () => {
  api.authServer.trouble.endedTokens = 'down'
  expect(await statusOfList()).toBe(503)
  api.wait(2_999)
  expect(await statusOfList()).toBe(503)
  expect(lines).toEqual([])
  api.wait(1)
  expect(await statusOfList()).toBe(503)
  api.wait(10_000)
  expect(await statusOfList()).toBe(503)
  expect(lines).toEqual([WARNING])
  api.authServer.trouble = {}
  expect(await statusOfList()).toBe(200)
  expect(lines).toEqual([WARNING, RECOVERY])
})

test('each outage is counted from its own beginning', async () => {
  for (const _outage of ['first', 'second']) {
    api.authServer.trouble.endedTokens = 'down'
    expect(await statusOfList()).toBe(503)
    api.wait(2_000)
    api.authServer.trouble = {}
    expect(await statusOfList()).toBe(200)
    api.wait(3_000)
  }
  expect(lines).toEqual([])
})

test('no warning while the lease still runs, because requests are answered', async () => {
  const { authServer } = api
  authServer.lease = 60
  api.context.endedTokens.start()
  await authServer.confirms(0)
  authServer.trouble.endedTokens = 'down'
  // When the second poll arrives, the first has failed.
  for (const _poll of ['first', 'second']) await authServer.asked()
  api.wait(3_000)
  for (const _poll of ['third', 'fourth']) await authServer.asked()
  expect(await statusOfList()).toBe(200)
  expect(lines).toEqual([])
})
