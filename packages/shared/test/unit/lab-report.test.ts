import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Report, ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { exchanges } from '@glasshouse/shared/lab/trace'
import { reportCall, reportIncoming, startReporting } from '@glasshouse/shared/lab-report'

const PASSWORD = 'hunter2-hunter2'
/** The address of a calendar's feed, which is a secret by itself. */
const FEED = `/calendar/feeds/${PASSWORD}.ics`
const servers: Server[] = []

/** What the Lab was told. */
const told: ReportedExchange[] = []
let labAnswers = true
let labUrl: string
let changed = () => {}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function start(demo: boolean, ownUrl: string): void {
  const addresses = {
    clientAppUrl: ownUrl,
    authServerUrl: 'http://a.example',
    calendarApiUrl: 'http://c.example',
    labUrl,
  }
  startReporting('client-app', { demo, addresses })
}

/** Waits until the Lab was told of as many exchanges. */
function untilTold(count: number): Promise<void> {
  return new Promise(resolve => {
    changed = () => told.length >= count && resolve()
    changed()
  })
}

beforeAll(async () => {
  labUrl = await listen((request, response) => {
    if (!labAnswers) return
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      told.push(...(JSON.parse(body) as Report).exchanges)
      response.writeHead(204).end()
      changed()
    })
  })
})
afterAll(() => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

test('in production nothing is wrapped, nothing is added to a call, and no cookie is set', async () => {
  const listener: RequestListener = (_request, response) => void response.end()
  start(false, 'http://127.0.0.1:1')
  expect(reportIncoming(listener)).toBe(listener)
  const headers = { Accept: 'x' }
  const answer = await reportCall({ method: 'GET', url: 'http://x.example/', headers }, async sent => {
    expect(sent).toBe(headers)
    return { status: 200, headers: {}, body: '' }
  })
  expect(answer.status).toBe(200)
  expect(told).toEqual([])
})

describe('in demo mode', () => {
  let url: string
  beforeAll(async () => {
    let listener: RequestListener = () => {}
    url = await listen((request, response) => listener(request, response))
    start(true, url)
    listener = reportIncoming(async (request, response) => {
      for await (const _ of request);
      if (request.url?.startsWith('/calls')) {
        const call = { method: 'POST', url: `${url}/called`, headers: {} }
        await reportCall(call, async headers => {
          const answer = await fetch(call.url, { method: 'POST', headers })
          return { status: answer.status, headers: {}, body: await answer.text() }
        })
      }
      if (request.url === '/followed') return response.end(String(exchanges.current !== undefined))
      response.setHeader('Content-Type', request.url === '/page' ? 'text/html' : 'application/json')
      response.end(
        request.url === '/page'
          ? `<p>${PASSWORD}</p>`
          : JSON.stringify({ client_secret: PASSWORD, url: `${url}${FEED}`, ok: true }),
      )
    })
  })
  beforeEach(() => {
    told.length = 0
  })

  test('an exchange is reported once, without passwords, client secrets and pages', async () => {
    await fetch(`${url}/token?password=${PASSWORD}`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`app:${PASSWORD}`).toString('base64')}` },
      body: new URLSearchParams({ code: 'abc', client_secret: PASSWORD }),
    })
    await fetch(`${url}/page`)
    await untilTold(2)
    expect(JSON.stringify(told)).not.toContain(PASSWORD)
    expect(told).toMatchObject([
      {
        service: 'client-app',
        end: 'server',
        request: { method: 'POST', body: 'code=abc&client_secret=(never-recorded)' },
      },
      { request: { target: '/page' }, response: { status: 200, bodyBytes: PASSWORD.length + 7 } },
    ])
    expect(told[1]?.response?.body).toBeUndefined()
  })

  test('the secret address of a feed is in no report: neither when it is made, nor when it is read', async () => {
    await fetch(`${url}/calendar/feed`, { method: 'POST' })
    await fetch(url + FEED)
    await untilTold(2)
    expect(JSON.stringify(told)).not.toContain(PASSWORD)
    expect(told.map(({ request }) => request.target)).toEqual(['/calendar/feed', '/calendar/feeds/(never-recorded)'])
    expect(told[0]?.response?.body).toContain('/calendar/feeds/(never-recorded)')
  })

  test('both ends of a call have one id, and name the request that caused it', async () => {
    await fetch(`${url}/calls`)
    await untilTold(3)
    const [received, sent, cause] = ['/called', '/called', '/calls'].map((target, index) =>
      told.find(
        one =>
          one.request.target === target && (target === '/calls' || one.end === (index === 0 ? 'server' : 'client')),
      ),
    )
    expect(sent?.id).toBe(received?.id)
    expect(sent?.traceId).toBe(received?.traceId)
    expect(sent?.causedBy).toBe(cause?.id)
    expect(cause?.traceId).toBe(sent?.traceId)
  })

  test('calls that begin in the same millisecond keep their order', async () => {
    const send = async () => ({ status: 204, headers: {}, body: '' })
    const calls = Array.from({ length: 20 }, (_, index) => ({ method: 'GET', url: `${url}/${index}`, headers: {} }))
    await Promise.all(calls.map(call => reportCall(call, send)))
    await untilTold(20)
    expect(new Set(told.map(({ startedAt }) => startedAt)).size).toBe(20)
    const inOrder = told.toSorted((a, b) => a.startedAt - b.startedAt).map(({ request }) => request.target)
    expect(inOrder).toEqual(calls.map((_, index) => `/${index}`))
  })

  test.each([
    ['a browser that asks for a page', '/x', { Accept: 'text/html' }, true],
    ['whoever gets a page', '/page', {}, true],
    ['a program', '/x', { Accept: 'application/json' }, false],
    ['a browser that has the cookie', '/page', { Cookie: `glasshouse.run=${'a'.repeat(24)}` }, false],
    ['a browser that fetches a file', '/assets/x.css', { Accept: 'text/html' }, false],
  ])('%s gets the run’s cookie, or not', async (_, path, headers, expected) => {
    const response = await fetch(url + path, { headers: headers as Record<string, string> })
    expect(response.headers.getSetCookie().some(cookie => cookie.startsWith('glasshouse.run='))).toBe(expected)
    await untilTold(1)
  })

  test('probes of whoever runs the services are not reported', async () => {
    await fetch(`${url}/healthz`)
    await fetch(`${url}/after`)
    await untilTold(1)
    expect(told.map(one => one.request.target)).toEqual(['/after'])
  })

  test('a Lab that does not answer delays nothing, and gets at most what the queue holds', async () => {
    labAnswers = false
    const statuses = await Promise.all(Array.from({ length: 620 }, async () => (await fetch(`${url}/many`)).status))
    expect(new Set(statuses)).toEqual(new Set([200]))

    // Then only those requests are followed whose answer may depend on it.
    const isFollowed = async (headers: Record<string, string>, method = 'GET') =>
      (await fetch(`${url}/followed`, { method, headers })).text()
    const Cookie = `glasshouse.run=${'a'.repeat(24)}`
    expect(await isFollowed({ Accept: 'application/json' })).toBe('false')
    expect(await isFollowed({ Cookie })).toBe('false')
    expect(await isFollowed({ Cookie }, 'POST')).toBe('true')
    expect(await isFollowed({ Cookie: `${Cookie}; glasshouse.slow=on` })).toBe('true')
    expect(await isFollowed({ Accept: 'text/html' })).toBe('true')
  })
})
