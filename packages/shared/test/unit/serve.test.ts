import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import * as http from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { messageClasses } from '../../src/express-app'
import { createLog } from '../../src/log'
import { type Service, serve } from '../../src/serve'
import { startTestServer } from '../../src/testing/test-server'

jest.mock('node:http', () => {
  const actual = jest.requireActual('node:http')
  return { ...actual, createServer: jest.fn(actual.createServer) }
})

/** The service's own limits, shortened. In milliseconds. */
const timeouts = { headersTimeout: 100, requestTimeout: 150, connectionsCheckingInterval: 10 }

const log = createLog('a-service', 'silent')

let service: Service
beforeEach(async () => {
  service = await start({ timeouts })
})
afterEach(() => service.stop())

async function start(options: { timeouts?: typeof timeouts } = {}): Promise<Service> {
  const free = await startTestServer()
  await free.stop()
  const { url } = free
  return serve(answerWhenRead, { url, hosts: ['127.0.0.1'], log, ...options, onStop: async () => undefined })
}

function answerWhenRead(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => response.end('all of it'))
}

/** Sends only the beginning of a request. @returns everything received until the service closes the connection */
async function sendBeginning(beginning: string): Promise<string> {
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(beginning)
  return text(socket)
}

describe('a request that arrives too slowly is cut off (RFC 9110 §15.5.9)', () => {
  it('in its headers', async () => {
    expect(await sendBeginning('POST /token HTTP/1.1\r\nHost: localhost\r\nX-Slow: a')).toMatch(/^HTTP\/1.1 408 /)
  })

  it('in its body', async () => {
    const beginning = 'POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\ngrant_type='
    expect(await sendBeginning(beginning)).toMatch(/^HTTP\/1.1 408 /)
  })

  it('after ten seconds for the headers and twenty in total, unless a test changes the limits', async () => {
    const usual = await start()
    const server = jest.mocked(http.createServer).mock.results.at(-1)?.value as Server
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 20_000 })
    await usual.stop()
  })
})

it('makes requests and responses of the classes that Express need not change', () => {
  expect(jest.mocked(http.createServer).mock.calls.at(-1)?.[0]).toMatchObject(messageClasses)
})
