import express from 'express'
import { onOwnOrigin } from '../../src/own-origin'
import type { PageError } from '../../src/page-error'
import { NAVIGATION, nameOf, type SentAs, sendAs } from '../../src/testing/send-as'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

let server: TestServer
let origin: string

beforeAll(async () => {
  server = await startTestServer()
  origin = `http://${nameOf(server, 'localhost')}`
})
beforeEach(() => configure(origin))
afterAll(() => server.stop())

function configure(configured: string): void {
  const app = express()
  app.use('/taken-on', onOwnOrigin(configured, { forms: 'pass on' }))
  app.use(onOwnOrigin(configured))
  app.use((_request, response) => void response.send('here'))
  app.use((error: PageError, _request: unknown, response: express.Response, _next: unknown) => {
    response.status(error.status).json({ detail: error.detail, nextSteps: error.nextSteps })
  })
  server.answerWith(app)
}

/** Requests a page under another name of this machine, on the server's own port. */
const open = (hostname: string, sent: Partial<SentAs> = {}) =>
  sendAs(server, { host: nameOf(server, hostname), headers: NAVIGATION, ...sent })

describe('a page opened under another loopback name', () => {
  test.each(['127.0.0.1', '[::1]', '127.1.2.3', 'tripmate.localhost'])(
    'redirects from %s to its own origin',
    async host => {
      const { status, headers } = await open(host, { target: '/a/page' })
      expect([status, headers.location]).toEqual([302, `${origin}/a/page`])
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['set-cookie']).toBeUndefined()
    },
  )

  test.each([
    '/authorize?scope=calendar.read%20calendar.write&state=a%2Fb+c&redirect_uri=http://x/?y=%26',
    '/?q="<>|{}`^\\',
    '/%',
  ])('keeps path and query unchanged: %s', async target => {
    expect((await open('127.0.0.1', { target })).headers.location).toBe(origin + target)
  })

  test.each([
    ['//evil.example/', '//evil.example/'],
    ['/\\evil.example/', '/\\evil.example/'],
    ['/.evil.example', '/.evil.example'],
    ['/@evil.example', '/@evil.example'],
  ])('never redirects to another origin: %s', async (target, path) => {
    const { location = '' } = (await open('127.0.0.1', { target })).headers
    expect(location).toBe(origin + path)
    expect(new URL(location).origin).toBe(origin)
  })

  test('also with an absolute URL in the request line (RFC 9112 §3.2.2)', async () => {
    const ask = async (path: string) => {
      const target = `http://${nameOf(server, '127.0.0.1')}${path}`
      return (await open('localhost', { target })).headers.location
    }
    expect(await ask('/a?b')).toBe(`${origin}/a?b`)
    expect(await ask('')).toBe(`${origin}/`)
    expect(await ask('?b')).toBe(`${origin}/?b`)
  })

  test('also for HEAD, and for a program that accepts any type', async () => {
    expect((await open('127.0.0.1', { method: 'HEAD' })).status).toBe(302)
    expect((await open('127.0.0.1', { headers: { Accept: '*/*' } })).status).toBe(302)
    expect((await open('127.0.0.1', { headers: {} })).status).toBe(302)
  })
})

describe('a form that is sent to another loopback name', () => {
  test('is refused with a page that says why and links to the right address', async () => {
    const { status, body } = await open('127.0.0.1', { method: 'POST', target: '/login?request=x', body: 'a=b' })
    expect(status).toBe(403)
    expect(JSON.parse(body)).toEqual({
      detail: expect.stringContaining(`This service is at ${origin}.`),
      nextSteps: [{ href: `${origin}/login?request=x`, label: `Open it at ${new URL(origin).host}` }],
    })
  })

  test('is passed on unchanged where forms may come from another site (307)', async () => {
    const { status, headers } = await open('127.0.0.1', { method: 'POST', target: '/taken-on?x', body: 'a=b' })
    expect([status, headers.location]).toEqual([307, `${origin}/taken-on?x`])
  })
})

describe('no redirect for', () => {
  test('its own origin, in upper or lower case', async () => {
    expect((await open('localhost')).body).toBe('here')
    expect((await open('LOCALHOST')).body).toBe('here')
    expect((await open('localhost', { method: 'POST' })).body).toBe('here')
  })

  test('a program that does not accept HTML', async () => {
    expect((await open('127.0.0.1', { headers: { Accept: 'application/json' } })).body).toBe('here')
  })

  test('a copy on its own port (LISTEN_PORT) behind a load balancer that rewrites Host: a redirect would loop', async () => {
    configure('http://localhost:4001')
    expect((await open('127.0.0.1')).body).toBe('here')
  })

  test.each(['https://accounts.example', 'http://accounts.example', 'https://localhost:4001'])(
    'a service behind a proxy: %s',
    async configured => {
      configure(configured)
      for (const host of ['127.0.0.1', 'localhost']) expect((await open(host)).body).toBe('here')
    },
  )

  test('the configured origin may be any loopback name', async () => {
    configure(server.url)
    expect((await open('127.0.0.1')).body).toBe('here')
    expect((await open('localhost')).headers.location).toBe(`${server.url}/`)
  })
})
