/**
 * An AI agent is a third party: the client of the Model Context Protocol's SDK, as in its documentation, against the built
 * services. It is given the address of `/mcp` and nothing else.
 */
import { RUN_COOKIE } from '@glasshouse/shared/lab/run-cookie'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { aliceAllows, McpApp } from './support/mcp-app'
import { expect, test } from './support/test'

const MARCH = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-04-01T00:00:00Z' }

test('the SDK’s client finds its way from the URL to the tools, steps up, and refreshes', async ({
  stack,
  newcomer,
}) => {
  const url = new URL('/mcp', stack.calendarApi)
  const app = new McpApp()

  // Refused: it discovers the server, registers, and wants the user's consent for the scope that the challenge suggests.
  await expect(connect(url, app)).rejects.toThrow(UnauthorizedError)
  expect(Object.fromEntries(app.address.searchParams)).toMatchObject({
    scope: 'calendar.read calendar.write',
    resource: url.href,
    code_challenge_method: 'S256',
  })
  await finish(url, app, await aliceAllows(stack, app.address, newcomer, undefined, ['calendar.read']))

  const agent = await connect(url, app)
  expect((await agent.listTools()).tools.map(({ name }) => name)).toContain('list_events')
  // The client also validates the structured result against the schema of the tool.
  const listed = await agent.callTool({ name: 'list_events', arguments: MARCH })
  expect(listed.structuredContent).toEqual({ events: [], more: 0 })

  // The user has allowed reading only: 403 insufficient_scope. While the SDK has a refresh token, it refreshes instead of
  // asking the user, which cannot widen the scope.
  const event = { summary: 'Lunch', start: { date: '2027-03-02' }, end: { date: '2027-03-03' } }
  const create = { name: 'create_event', arguments: event }
  await expect(agent.callTool(create)).rejects.toThrow(StreamableHTTPError)
  // So an app that wants more drops the refresh token. Then the SDK asks for what the challenge names.
  const { refresh_token: _dropped, ...reading } = app.tokens() ?? { access_token: '', token_type: '' }
  app.saveTokens(reading)
  const asking = await connect(url, app)
  await expect(asking.callTool(create)).rejects.toThrow(UnauthorizedError)
  expect(app.address.searchParams.get('scope')).toBe('calendar.read calendar.write')
  await finish(url, app, await aliceAllows(stack, app.address, newcomer))
  const writer = await connect(url, app)
  const created = (await writer.callTool(create)).structuredContent as { event: { id: string } }
  expect((await writer.callTool({ name: 'list_events', arguments: MARCH })).structuredContent).toMatchObject({
    events: [{ id: created.event.id, writtenByPeople: { summary: 'Lunch' } }],
  })

  // An access token that no longer works: the client refreshes, and the call goes through.
  const before = app.tokens()
  app.saveTokens(before && { ...before, access_token: `${before.access_token}x` })
  const later = await connect(url, app)
  expect((await later.callTool({ name: 'delete_event', arguments: { id: created.event.id } })).isError).toBeUndefined()
  expect(app.tokens()?.refresh_token).not.toBe(before?.refresh_token)
})

test('the token is for the resource that the agent asked for: one without consent, or of another server, does not work', async ({
  stack,
}) => {
  const url = new URL('/mcp', stack.calendarApi)
  const app = new McpApp()
  await expect(connect(url, app)).rejects.toThrow(UnauthorizedError)
  const elsewhere = new URL(app.address)
  elsewhere.searchParams.set('resource', 'https://other.example/mcp')
  const callback = await aliceAllows(stack, elsewhere).catch((error: Error) => error)
  expect(String(callback)).not.toContain('code=')
  await finish(url, app, await aliceAllows(stack, app.address))
  const { aud } = JSON.parse(Buffer.from(app.tokens()?.access_token.split('.')[1] ?? '', 'base64url').toString())
  expect(aud).toBe(stack.calendarApi)
})

test('the Lab shows what an agent does as a run of its client, without its token', async ({ stack, newcomer }) => {
  const url = new URL('/mcp', stack.calendarApi)
  const app = new McpApp()
  await expect(connect(url, app)).rejects.toThrow(UnauthorizedError)
  // Her browser has a run, and follows the client that it sent there.
  const browser = new TestBrowser()
  await finish(url, app, await aliceAllows(stack, app.address, newcomer, browser))
  const agent = await connect(url, app)
  await agent.callTool({ name: 'list_events', arguments: MARCH })

  const client = app.clientInformation()?.client_id
  const headers = { Accept: 'application/json', Cookie: `${RUN_COOKIE}=${browser.cookie(stack.lab, RUN_COOKIE)}` }
  const runOfAgent = async () => {
    const runs = (await (await fetch(`${stack.lab}/runs`, { headers })).json()) as { id: string; client?: string }[]
    return runs.find(run => run.client === client)?.id
  }
  await expect.poll(runOfAgent).toBeDefined()
  const har = async () => (await fetch(`${stack.lab}/runs/${await runOfAgent()}.har`, { headers })).text()
  await expect.poll(har).toContain('list_events')
  const page = await fetch(`${stack.lab}/runs/${await runOfAgent()}`, { headers: { ...headers, Accept: 'text/html' } })
  expect(await page.text()).toContain('An agent uses your calendar')
  const text = await har()
  expect(text).not.toContain(app.tokens()?.access_token)
  const { entries } = JSON.parse(text).log as { entries: Entry[] }
  const call = entries.find(({ request }) => request.url === url.href && request.postData?.text.includes('list_events'))
  expect(call).toMatchObject({
    _from: client,
    _to: 'calendar-api',
    _channel: 'back',
    _step: 6,
    response: { status: 200 },
  })
  expect(call?._checks.map(({ name }) => name)).toContain('message-readable')
  expect(call?._checks.filter(({ result }) => result !== 'passed')).toEqual([])
})

/** The part of a HAR's entry that this test reads. */
interface Entry {
  request: { url: string; postData?: { text: string } }
  _checks: { name: string; result: string }[]
}

async function connect(url: URL, app: McpApp): Promise<Client> {
  const client = new Client({ name: 'an-agent', version: '1.0.0' })
  await client.connect(
    new StreamableHTTPClientTransport(url, { authProvider: app }) as Parameters<Client['connect']>[0],
  )
  return client
}

/** Redeems the code in the callback. */
async function finish(url: URL, app: McpApp, callback: URL): Promise<void> {
  expect(callback.searchParams.get('state')).toBe(app.state())
  await new StreamableHTTPClientTransport(url, { authProvider: app }).finishAuth(
    callback.searchParams.get('code') ?? '',
  )
}
