import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express, { type Express } from 'express'
import { errorPages, pageNotFound } from '../../src/error-pages'
import { createLog, requestLog } from '../../src/log'
import { PageError } from '../../src/page-error'
import { installPages, parties } from '../../src/pages'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

const addresses = {
  clientAppUrl: 'http://localhost:4000',
  authServerUrl: 'http://localhost:4001',
  calendarApiUrl: 'http://localhost:4002',
  labUrl: 'http://localhost:4003',
}
const FORM = 'application/x-www-form-urlencoded'
const HUSH = 'hush-hush-never-to-be-logged'

const files = mkdtempSync(join(tmpdir(), 'glasshouse-files-'))
writeFileSync(join(files, 'file.txt'), 'a file')
afterAll(() => rmSync(files, { recursive: true }))

const log = createLog('test', 'silent')
let server: TestServer
let lines: [level: string, fields: Record<string, unknown>, message: string][]
let consoleError: jest.SpyInstance

async function start(routes: (app: Express) => void): Promise<void> {
  const app = express()
  app.set('env', 'production')
  app.use(requestLog(log))
  installPages(app, {
    party: parties(addresses).client,
    viewsDir: files,
    publicDirs: [files],
    demo: false,
    addresses,
  })
  app.use(express.urlencoded({ extended: false, limit: '1kb' }))
  routes(app)
  app.use(pageNotFound)
  app.use(errorPages(log))
  server = await startTestServer()
  server.answerWith(app)
}

beforeEach(() => {
  lines = []
  for (const level of ['warn', 'error'] as const) {
    jest.spyOn(log, level).mockImplementation((fields: unknown, message?: string) => {
      lines.push([level, fields as Record<string, unknown>, message ?? ''])
    })
  }
  // Express writes unhandled errors to the console, except in a test environment.
  consoleError = jest.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(async () => {
  const written = [...consoleError.mock.calls]
  jest.restoreAllMocks()
  await server.stop()
  expect(written).toEqual([])
})

describe('a PageError is a refusal, whatever its status', () => {
  test('of 503: the page gives the request id, the log one line without a stack', async () => {
    await start(app =>
      app.get('/page', () => {
        throw new PageError(503, 'Not now', 'It rests.', [], { headers: { 'Retry-After': '30' } })
      }),
    )
    const answer = await fetch(`${server.url}/page`)
    const requestId = answer.headers.get('x-request-id')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(await answer.text()).toContain(requestId)
    const line = { requestId, method: 'GET', path: '/page', status: 503, refused: 'Not now', why: 'It rests.' }
    expect(lines).toEqual([['warn', line, 'refused']])
  })

  test('with a check: the log has the check, not the detail, which may quote the request', async () => {
    await start(app =>
      app.get('/page', () => {
        throw new PageError(400, 'No', `They said ${HUSH}`, [], { check: 'they_said_no' })
      }),
    )
    const answer = await fetch(`${server.url}/page`)
    expect(await answer.text()).toContain(HUSH)
    expect(lines).toMatchObject([['warn', { refused: 'No', why: 'they_said_no' }, 'refused']])
    expect(JSON.stringify(lines)).not.toContain(HUSH)
  })
})

test('any other error is unexpected: the page gives the request id and nothing more, the log has the error', async () => {
  const error = new Error('broken')
  await start(app =>
    app.get('/page', () => {
      throw error
    }),
  )
  const answer = await fetch(`${server.url}/page?token=${HUSH}`)
  const requestId = answer.headers.get('x-request-id')
  const text = await answer.text()
  expect(answer.status).toBe(500)
  expect(text).toContain(requestId)
  expect(text).not.toContain('broken')
  expect(lines).toEqual([['error', { requestId, method: 'GET', path: '/page', error }, 'unexpected error']])
})

test('an error after the response has started leaves one log line and closes the connection', async () => {
  const error = new Error('broken')
  await start(app =>
    app.get('/page', (_request, response, next) => {
      response.write('the beginning', () => next(error))
    }),
  )
  const answer = await fetch(`${server.url}/page`)
  const requestId = answer.headers.get('x-request-id')
  await expect(answer.text()).rejects.toThrow()
  const line = { requestId, method: 'GET', path: '/page', error }
  expect(lines).toEqual([['error', line, 'failed after the response had started']])
})

test('an error page that cannot be rendered becomes plain text', async () => {
  await start(app => {
    app.use((_request, response, next) => {
      // Like the anti-forgery field when there is no session.
      Object.defineProperty(response.locals, 'antiForgeryToken', {
        enumerable: true,
        get() {
          throw new Error('no session')
        },
      })
      next()
    })
  })
  const answer = await fetch(`${server.url}/nowhere`)
  const requestId = answer.headers.get('x-request-id')
  expect(answer.status).toBe(500)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain\b/)
  expect(await answer.text()).toBe(`Page not found. Request id: ${requestId}`)
  expect(lines.map(([level, , message]) => [level, message])).toEqual([
    ['warn', 'refused'],
    ['error', 'cannot render the error page'],
  ])
})

describe('a request that Express refuses keeps its status, and its check is logged', () => {
  const form = (body: string, headers: Record<string, string> = {}) => ({
    method: 'POST',
    body,
    headers: { 'Content-Type': FORM, ...headers },
  })
  test.each<[string, string, RequestInit, number, string, RegExp]>([
    ['a stale If-Match', '/assets/file.txt', { headers: { 'If-Match': '"x"' } }, 412, 'precondition', /changed/],
    ['a Range beyond the end', '/assets/file.txt', { headers: { Range: 'bytes=99-' } }, 416, 'range', /does not exist/],
    ['a body that is too large', '/page', form(`a=${'b'.repeat(2_000)}`), 413, 'entity.too.large', /too large/],
    [
      'an unknown charset',
      '/page',
      form('a=b', { 'Content-Type': `${FORM}; charset=x` }),
      415,
      'charset.unsupported',
      /cannot read/,
    ],
    [
      'an unknown Content-Encoding',
      '/page',
      form('a=b', { 'Content-Encoding': 'x' }),
      415,
      'encoding.unsupported',
      /cannot read/,
    ],
    [
      'a broken Content-Encoding',
      '/page',
      form('a=b', { 'Content-Encoding': 'gzip' }),
      400,
      'body',
      /could not be read/,
    ],
    ['an address that cannot be decoded', '/pages/%ff', {}, 400, 'path', /could not be read/],
  ])('%s', async (_name, path, init, status, check, title) => {
    await start(app => app.get('/pages/:id', (_request, response) => response.send('a page')))
    const answer = await fetch(server.url + path, init)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toMatch(title)
    expect(lines).toMatchObject([['warn', { status, why: check, refused: expect.stringMatching(title) }, 'refused']])
    // RFC 9110 §15.5.16
    expect(answer.headers.get('accept-encoding')).toBe(check === 'encoding.unsupported' ? 'gzip, deflate, br' : null)
    if (status === 416) expect(answer.headers.get('content-range')).toBe('bytes */6')
  })
})

test.each([
  ['without its query', `/nowhere?token=${HUSH}`, '/nowhere'],
  ['cut short', `/${'a'.repeat(9_000)}`, `/${'a'.repeat(199)}`],
  ['without the user in it (RFC 9112 §3.2.2)', `http://alice:${HUSH}@localhost/nowhere?x`, '/nowhere'],
  ['without a password when there is no path', `http://alice:${HUSH}@localhost?x=${HUSH}`, '/'],
])('the path is logged %s', async (_how, target, path) => {
  await start(() => {})
  const { hostname, port } = new URL(server.url)
  await new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path: target }, answer => answer.resume().on('end', resolve))
    request.on('error', reject).end()
  })
  expect(lines).toMatchObject([['warn', { path }, 'refused']])
  expect(JSON.stringify(lines)).not.toContain(HUSH)
})
