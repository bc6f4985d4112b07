/** Errors that do not come from our own checks: conditional files, incomplete bodies, an interrupted response. */
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { requestLog } from '@glasshouse/shared/log'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import express from 'express'
import { problems } from '../../src/problem'
import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
let lines: Record<string, unknown>[]
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())
beforeEach(() => {
  lines = []
  for (const level of ['warn', 'error'] as const) {
    jest.spyOn(api.context.log, level).mockImplementation((fields: unknown) => {
      lines.push(fields as Record<string, unknown>)
    })
  }
})
afterEach(() => jest.restoreAllMocks())

const HUSH = 'hush-hush-never-to-be-logged'
const CSS = '/assets/glasshouse.css'
const JSON_TYPE = 'application/json'

describe('a conditional request for a file keeps its status (RFC 9110 §15.5.13, §15.5.17)', () => {
  test.each([
    ['If-Match', '"another"', 412, 'precondition'],
    ['If-Unmodified-Since', 'Mon, 01 Jan 2001 00:00:00 GMT', 412, 'precondition'],
    ['Range', 'bytes=99999999-', 416, 'range'],
  ])('%s: %s', async (name, value, status, refused) => {
    const answer = await send(api.url + CSS, 'GET', { headers: { [name]: value } })
    expect(answer).toMatchObject({ status, json: { status, detail: expect.stringMatching(/file/) } })
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(lines).toMatchObject([{ status, refused, path: CSS }])
  })
})

describe('a body that cannot be read is refused, and the log names the failed check', () => {
  test.each<[string, Record<string, string>, string, number, string]>([
    ['an unknown Content-Encoding', { 'Content-Encoding': HUSH }, '{}', 415, 'encoding.unsupported'],
    ['a broken Content-Encoding', { 'Content-Encoding': 'gzip' }, HUSH, 400, 'body'],
    ['too much', {}, 'x'.repeat(110_000), 413, 'entity.too.large'],
    ['another type', { 'Content-Type': 'text/plain' }, HUSH, 415, 'type'],
    ['no JSON', {}, HUSH, 400, 'body'],
  ])('%s', async (_what, headers, body, status, refused) => {
    const me = callerOf(api, api.token(newOwner()))
    const answer = await me('POST', '', { body, headers })
    expect(answer.status).toBe(status)
    expect(lines).toMatchObject([{ status, refused, method: 'POST', path: '/calendar/events' }])
    expect(JSON.stringify([lines, answer.json])).not.toContain(HUSH)
  })

  test.each([
    ['while it is read', 0],
    ['while the token is checked', 100],
  ])('a connection that is closed %s is not reported as an unsupported type', async (_when, ms) => {
    const find = api.context.keys.find.bind(api.context.keys)
    jest.spyOn(api.context.keys, 'find').mockImplementation(async kid => {
      await pause(ms)
      return find(kid)
    })
    const { hostname, port } = new URL(api.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const head = [`Host: ${hostname}`, `Authorization: Bearer ${api.token(newOwner())}`, `Content-Type: ${JSON_TYPE}`]
    socket.write(`POST /calendar/events HTTP/1.1\r\n${head.join('\r\n')}\r\nContent-Length: 100\r\n\r\n{"summary":`)
    await pause(50)
    socket.destroy()
    while (lines.length === 0) await pause(10)
    expect(lines).toMatchObject([{ status: 400, refused: 'request.aborted' }])
  })
})

test('415 says what is supported: Accept-Encoding (RFC 9110 §15.5.16), Accept-Patch (RFC 5789 §2.2)', async () => {
  const me = callerOf(api, api.token(newOwner()))
  const { id } = (await me('POST', '', { body: draft() })).json
  const refusedFor = async (method: string, headers: Record<string, string>) =>
    (await me(method, method === 'POST' ? '' : `/${id}`, { body: {}, headers })).headers
  const packed = await refusedFor('POST', { 'Content-Encoding': 'x-unknown' })
  expect(packed.get('accept-encoding')).toBe('gzip, deflate, br')
  const patch = await refusedFor('PATCH', { 'Content-Type': 'application/json-patch+json' })
  expect(patch.get('accept-patch')).toBe('application/merge-patch+json, application/json')
  expect((await refusedFor('PUT', { 'Content-Type': 'text/plain' })).get('accept-patch')).toBeNull()
})

test('OPTIONS on an event names the media types of a patch (RFC 5789 §3.1)', async () => {
  const { status, headers } = await send(`${api.url}/calendar/events/abcdef`, 'OPTIONS')
  expect(status).toBe(204)
  expect(headers.get('allow')).toBe('GET, HEAD, PUT, PATCH, DELETE')
  expect(headers.get('accept-patch')).toBe('application/merge-patch+json, application/json')
})

describe('an address in the log', () => {
  test.each([
    ['has 200 characters at most', `/${'a'.repeat(9_000)}`, `/${'a'.repeat(199)}`],
    ['contains no user name or password (RFC 9112 §3.2.2)', `http://alice:${HUSH}@localhost/nowhere?x`, '/nowhere'],
  ])('%s', async (_what, target, path) => {
    const { hostname, port } = new URL(api.url)
    await new Promise((resolve, reject) => {
      const request = httpRequest({ hostname, port, path: target }, answer => answer.resume().on('end', resolve))
      request.on('error', reject).end()
    })
    expect(lines).toMatchObject([{ status: 404, refused: 'path', path }])
    expect(JSON.stringify(lines)).not.toContain(HUSH)
  })
})

test('an error after the response has started: one line, and the connection is closed', async () => {
  const consoleError = jest.spyOn(console, 'error').mockImplementation(() => {})
  const error = new Error('broken')
  const app = express()
  // With any other value, Express writes unhandled errors to the console.
  app.set('env', 'production')
  app.use(requestLog(api.context.log))
  app.get('/', (_request, response, next) => {
    response.write('the beginning', () => next(error))
  })
  app.use(problems(api.context.log))
  const server = await startTestServer()
  server.answerWith(app)
  const answer = await fetch(server.url)
  const requestId = answer.headers.get('x-request-id')
  await expect(answer.text()).rejects.toThrow()
  await server.stop()
  expect(lines).toEqual([{ requestId, method: 'GET', path: '/', error }])
  expect(consoleError).not.toHaveBeenCalled()
})
