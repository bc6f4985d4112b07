import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import { readSurroundings } from '../../src/environment'
import { refuseForeignHosts } from '../../src/foreign-hosts'
import { createLog } from '../../src/log'
import { refuseMalformedTargets } from '../../src/malformed-requests'
import { parties } from '../../src/pages'
import { NAVIGATION, type SentAs, sendAs } from '../../src/testing/send-as'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

const log = createLog('a-service', 'silent')
let server: TestServer
let lines: Record<string, unknown>[]

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())
beforeEach(() => {
  lines = []
  jest.spyOn(log, 'warn').mockImplementation((line: unknown) => void lines.push(line as Record<string, unknown>))
  configure({})
})
afterEach(() => jest.restoreAllMocks())

const URLS = {
  CLIENT_APP_URL: 'https://trips.example',
  AUTH_SERVER_URL: 'https://accounts.example',
  CALENDAR_API_URL: 'https://calendar.example:8443',
}

function configure(env: Record<string, string>): void {
  const surroundings = readSurroundings({ ...URLS, ...env })
  const app = express()
  app.use(refuseForeignHosts(surroundings, parties(surroundings.addresses)['authorization-server'], log))
  app.use((_request, response) => void response.send('ours'))
  server.answerWith(refuseMalformedTargets(app, log))
}

const send = (sent: SentAs) => sendAs(server, sent)
const statusFor = async (host: string) => (await send({ host })).status

describe('a Host that is ours is answered, on any port', () => {
  test.each([
    'accounts.example',
    'accounts.example:443',
    'ACCOUNTS.Example:9999',
    'accounts.example.',
    'trips.example',
    'calendar.example:8443',
    'localhost',
    'LocalHost:4001',
    'localhost.:4001',
    'accounts.localhost:4001',
    '127.0.0.1:5001',
    '127.8.9.10',
    '[::1]:4001',
    '[0:0:0:0:0:0:0:1]',
  ])('%s', async host => expect(await statusFor(host)).toBe(200))
})

describe('a Host that is not ours gets 421 (RFC 9110 §15.5.20), which stops DNS rebinding', () => {
  test.each([
    'evil.example',
    'evil.example:4001',
    'accounts.example.evil.example',
    'notaccounts.example',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    '10.0.0.7:4001',
    '128.0.0.1',
    '0.0.0.0:4001',
    '[::2]',
    '[::ffff:10.0.0.7]',
    ':4001',
    'localhost:99999',
  ])('%j', async host => {
    const { status, headers, body } = await send({ host })
    expect(status).toBe(421)
    expect(headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(headers['cache-control']).toBe('no-store')
    expect(JSON.parse(body)).toEqual({
      title: 'Misdirected Request',
      status: 421,
      detail: expect.stringContaining('Glasshouse Accounts, which is at https://accounts.example'),
    })
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])('for every method: %s', async method => {
    expect((await send({ host: 'evil.example', method, target: '/any/path' })).status).toBe(421)
  })

  test('a browser gets a page with a link to the right address', async () => {
    const { headers, body } = await send({ host: 'evil.example', headers: NAVIGATION })
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(body).toContain('<a href="https://accounts.example/">')
    expect(body).toContain('ALLOWED_HOSTS')
    expect(body).not.toContain('evil.example')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}';/)
  })

  test('one log line is written, without the name that was sent', async () => {
    await send({ host: 'evil.example', target: '/token?code=secret' })
    expect(lines).toEqual([expect.objectContaining({ status: 421, refused: 'http.host', path: '/token' })])
    expect(JSON.stringify(lines)).not.toMatch(/evil|secret/)
  })

  test('X-Forwarded-Host and Forwarded are ignored', async () => {
    const headers = { 'X-Forwarded-Host': 'accounts.example', Forwarded: 'host=accounts.example' }
    expect((await send({ host: 'evil.example', headers })).status).toBe(421)
    expect((await send({ host: 'localhost', headers: { 'X-Forwarded-Host': 'evil.example' } })).status).toBe(200)
  })
})

describe('RFC 9112 §3.2', () => {
  test('an absolute URL in the request line overrides Host (§3.2.2)', async () => {
    expect((await send({ host: 'localhost', target: 'http://evil.example/' })).status).toBe(421)
    expect((await send({ host: 'evil.example', target: 'http://localhost:4001/' })).status).toBe(200)
    expect((await send({ host: 'localhost', target: 'HTTPS://EVIL.example' })).status).toBe(421)
  })

  async function statusLineOf(head: string): Promise<string | undefined> {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(`${head}\r\nConnection: close\r\n\r\n`)
    return /^HTTP\/1.1 (\d+)/.exec(await text(socket))?.[1]
  }

  test('two Host headers are refused, even if one of them is ours', async () => {
    for (const hosts of [
      ['localhost', 'evil.example'],
      ['evil.example', 'localhost'],
    ]) {
      expect(await statusLineOf(`GET / HTTP/1.1\r\nHost: ${hosts[0]}\r\nHost: ${hosts[1]}`)).toBe('400')
    }
  })

  test('an empty Host is refused', async () => {
    expect(await statusLineOf('GET / HTTP/1.1\r\nHost:')).toBe('421')
  })

  test('an HTTP/1.0 request may omit Host, which no browser does', async () => {
    expect(await statusLineOf('GET / HTTP/1.0')).toBe('200')
    expect(await statusLineOf('GET / HTTP/1.0\r\nHost: evil.example')).toBe('421')
  })
})

describe('ALLOWED_HOSTS and HOST', () => {
  test('add names, addresses and ranges, for a proxy or a health check', async () => {
    configure({ ALLOWED_HOSTS: 'accounts.internal, Blue_1.internal,10.0.0.0/8,192.168.7.1,fd00::/8' })
    const allowed = [
      'accounts.internal:4001',
      'ACCOUNTS.internal.',
      'blue_1.internal',
      '10.250.3.4:4001',
      '192.168.7.1',
      '[fd12::7]:4001',
    ]
    for (const host of allowed) expect([host, await statusFor(host)]).toEqual([host, 200])
    for (const host of ['internal', 'evil.accounts.internal', '11.0.0.1', '192.168.7.2', '[fe80::1]']) {
      expect([host, await statusFor(host)]).toEqual([host, 421])
    }
  })

  test.each(['*', '*.example', 'https://a.example', 'a.example:80', 'a b', '10.0.0.0/33', '-a', 'a,,b;c'])(
    'ALLOWED_HOSTS=%s is refused, naming the variable',
    value => {
      expect(() => readSurroundings({ ALLOWED_HOSTS: value })).toThrow(/^ALLOWED_HOSTS has ".+", which is neither/)
    },
  )

  test('the address in HOST is accepted as Host', async () => {
    configure({ HOST: '192.168.1.5' })
    expect(await statusFor('192.168.1.5:4001')).toBe(200)
    expect(await statusFor('192.168.1.6:4001')).toBe(421)
    configure({ HOST: '0.0.0.0' })
    expect(await statusFor('192.168.1.5:4001')).toBe(421)
  })
})
