import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import { bodyLimit } from '../../src/body-limit'
import { createLog } from '../../src/log'
import { refuseMalformedTargets } from '../../src/malformed-requests'
import { logRefusal } from '../../src/refusal-log'
import { type Service, serve } from '../../src/serve'
import { startTestServer } from '../../src/testing/test-server'

const HUSH = 'hush-hush-never-to-be-logged'
const log = createLog('a-service', 'silent')
/** The logged lines. */
let lines: Record<string, unknown>[]
let service: Service
beforeEach(async () => {
  lines = []
  jest.spyOn(log, 'warn').mockImplementation((line: unknown) => void lines.push(line as Record<string, unknown>))
  const free = await startTestServer()
  await free.stop()
  const timeouts = { headersTimeout: 500, requestTimeout: 750, connectionsCheckingInterval: 20 }
  const onStop = async () => undefined
  service = await serve(refuseMalformedTargets(app(), log), {
    url: free.url,
    hosts: ['127.0.0.1'],
    log,
    timeouts,
    onStop,
  })
})
afterEach(async () => {
  await service.stop()
  jest.restoreAllMocks()
})

function app() {
  const app = express()
  app.get('/refused', (_request, response) => response.sendStatus(401))
  app.post('/read', bodyLimit(100), express.text({ type: '*/*' }), (request, response) => response.send(request.body))
  app.use((error: { status: number }, _request: unknown, response: express.Response, _next: unknown) => {
    logRefusal(log, response, 'app', 'as every app does')
    response.sendStatus(error.status)
  })
  return app
}

async function open() {
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  return socket
}

/** @returns everything received until the service closes the connection or, if `last`, until it has answered */
async function send(bytes: string): Promise<string> {
  const socket = await open()
  socket.write(bytes)
  return text(socket)
}

const CLOSE = 'Connection: close\r\n\r\n'

describe('an invalid HTTP request is answered and leaves one log line, without what was sent', () => {
  test.each([
    ['an invalid request line', `${HUSH}\r\n\r\n`, 400, 'http.syntax'],
    ['no Host (RFC 9112 §3.2)', `GET / HTTP/1.1\r\n${CLOSE}`, 400, 'http.host'],
    [
      'two lengths',
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n${CLOSE}`,
      400,
      'http.syntax',
    ],
    ['endless headers', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n${CLOSE}`, 431, 'http.header'],
    ['an unknown expectation', `GET / HTTP/1.1\r\nHost: a\r\nExpect: ${HUSH}\r\n${CLOSE}`, 417, 'http.expect'],
    ['a tunnel', `CONNECT ${HUSH}:1 HTTP/1.1\r\nHost: a\r\n${CLOSE}`, 405, 'http.connect'],
    ['headers that trickle in (RFC 9110 §15.5.9)', 'GET / HTTP/1.1\r\nHost: a\r\nX-A', 408, 'http.slow'],
    ['two Hosts (RFC 9112 §3.2)', `GET / HTTP/1.1\r\nHost: a\r\nHost: ${HUSH}\r\n${CLOSE}`, 400, 'http.host'],
    ['an invalid Host', `GET / HTTP/1.1\r\nHost: ${HUSH}/x?y@z\r\n${CLOSE}`, 400, 'http.host'],
    ['no path', `GET * HTTP/1.1\r\nHost: a\r\n${CLOSE}`, 400, 'http.target'],
    ['an invalid URL', `GET http://${HUSH}:99999/ HTTP/1.1\r\nHost: a\r\n${CLOSE}`, 400, 'http.target'],
    ['half a URL', `GET http://[ HTTP/1.1\r\nHost: a\r\n${CLOSE}`, 400, 'http.target'],
  ])('%s', async (_name, bytes, status, check) => {
    const [head = '', body = ''] = (await send(bytes)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toMatch(/content-type: application\/problem\+json/i)
    if (status === 405) expect(head).toContain('Allow: ')
    expect(JSON.parse(body)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
    expect(lines).toEqual([expect.objectContaining({ status, refused: check, why: expect.any(String) })])
    expect(JSON.stringify([lines, body])).not.toContain(HUSH)
  })
})

test('OPTIONS * asks about the server as a whole (RFC 9110 §9.3.7)', async () => {
  expect(await send(`OPTIONS * HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 204 /)
  expect(lines).toEqual([])
})

test.each(['/refused', 'http://127.0.0.1:1/refused', '/refused?a=%', '//refused'])(
  '%s reaches the app',
  async target => {
    expect(await send(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:1\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 40[14] /)
    expect(lines).toEqual([])
  },
)

test('a client that hangs up halfway is not logged as refused', async () => {
  const socket = await open()
  socket.write('POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
  socket.resetAndDestroy()
  await once(socket, 'close')
  expect(await send(`GET /refused HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 401 /)
  expect(lines).toEqual([])
})

test('a tunnel request that is dropped at once or held open does not stop the service', async () => {
  const bytes = 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'
  const rude = await open()
  rude.write(bytes)
  rude.resetAndDestroy()
  const { hostname, port } = new URL(service.url)
  const patient = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  await once(patient, 'connect')
  patient.write(bytes)
  await once(patient.resume(), 'end')
  expect(await send(`GET /refused HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 401 /)
  // This would wait if the connection were still open.
  await service.stop()
  patient.destroy()
})

test('a connection without a request is not logged as refused', async () => {
  expect(await send('')).toBe('')
  expect(lines).toEqual([])
})

test.each(['//', '//a:99999/x'])('%s is a path like any other (RFC 9112 §3.2.1)', async target => {
  expect(await send(`GET ${target} HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 404 /)
})

describe('a body', () => {
  const post = (length: number, more = '') =>
    `POST /read HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n${more}`

  test('that is announced as too large is refused before it arrives (RFC 9110 §15.5.14)', async () => {
    const socket = await open()
    socket.write(`${post(101)}\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  test('that arrives too slowly is cut off and leaves only one log line', async () => {
    expect(await send(`${post(100)}\r\nab`)).toMatch(/^HTTP\/1\.1 408 /)
    await service.stop()
    expect(lines).toMatchObject([{ status: 408, refused: 'http.slow' }])
  })

  test('that is too large is logged by the app', async () => {
    expect(await send(`${post(101)}${CLOSE}`)).toMatch(/^HTTP\/1\.1 413 /)
    expect(lines).toMatchObject([{ refused: 'app' }])
  })

  test('of the largest size is read', async () => {
    expect(await send(`${post(100)}${CLOSE}${'a'.repeat(100)}`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*a{100}$/)
  })

  test('with Expect: 100-continue gets 100 Continue (RFC 9110 §10.1.1)', async () => {
    const socket = await open()
    socket.write(post(3, `Expect: 100-continue\r\n${CLOSE}`))
    const [word] = await once(socket, 'data')
    expect(String(word)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('abc')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*abc$/)
  })

  test('of HTTP/1.0 gets no 100 Continue, which would be taken for the response', async () => {
    const bytes = `${post(3, `Expect: 100-continue\r\n${CLOSE}`).replace('HTTP/1.1', 'HTTP/1.0')}abc`
    expect(await send(bytes)).toMatch(/^HTTP\/1\.1 200 [\s\S]*abc$/)
  })

  test.each([
    ['is too large', post(101, 'Expect: 100-continue\r\n\r\n'), 413],
    ['is not wanted', 'GET /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n', 401],
  ])('with Expect: 100-continue that %s gets no 100 Continue', async (_name, bytes, status) => {
    const socket = await open()
    socket.write(bytes)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    socket.destroy()
  })
})

test('a response that has started is not followed by a second one', async () => {
  const own = await startTestServer()
  await own.stop()
  const begin = (_request: IncomingMessage, response: import('node:http').ServerResponse) =>
    void response.write('begun')
  const begun = await serve(begin, { url: own.url, hosts: ['127.0.0.1'], log, onStop: async () => undefined })
  const { hostname, port } = new URL(own.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  await once(socket, 'data')
  socket.write('no chunk\r\n')
  expect(await text(socket)).not.toContain('HTTP/1.1')
  expect(lines).toMatchObject([{ refused: 'http.syntax' }])
  await begun.stop()
})
