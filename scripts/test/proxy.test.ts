/**
 * With a proxy in the environment and NODE_USE_ENV_PROXY=1 (which Node supports from version 22), the services still
 * call each other directly.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

let folder: string
let proxy: Server
let accounts: Server
let child: ChildProcess | undefined
/** The requests that reached the proxy. */
let proxied: string[]
/** The requests that reached the authorization server. */
let asked: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glasshouse-proxy-'))
  proxied = []
  asked = []
  proxy = await listen(target => proxied.push(target))
  proxy.on('connect', ({ url = '' }, socket) => {
    proxied.push(url)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  accounts = await listen(target => asked.push(target))
})
afterEach(async () => {
  if (child?.kill('SIGKILL')) await once(child, 'close')
  for (const server of [proxy, accounts]) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

async function listen(onRequest: (target: string) => void): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    onRequest(url)
    response.writeHead(503).end()
    server.emit('asked')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as { port: number }).port}`

/** @returns the service's origin, once it listens */
async function startService(name: string): Promise<string> {
  const free = await listen(() => {})
  const url = urlOf(free)
  free.close()
  const secret = () => randomBytes(32).toString('base64url')
  child = spawn(process.execPath, [join(ROOT, `apps/${name}/dist/main.js`)], {
    env: {
      PATH: process.env.PATH,
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: urlOf(proxy),
      HTTPS_PROXY: urlOf(proxy),
      http_proxy: urlOf(proxy),
      ENV_FILE: '',
      DATA_DIR: folder,
      AUTH_SERVER_URL: urlOf(accounts),
      CLIENT_APP_URL: name === 'client-app' ? url : 'http://localhost:4000',
      CALENDAR_API_URL: name === 'calendar-api' ? url : 'http://localhost:4002',
      CALENDAR_API_SECRET: secret(),
      TRIPMATE_CLIENT_SECRET: secret(),
      TRIPMATE_SESSION_SECRET: secret(),
      TRIPMATE_ENCRYPTION_KEY: secret(),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  for await (const chunk of child.stdout ?? []) {
    output += chunk
    if (output.includes('"listening"')) break
  }
  expect(output).toContain('"listening"')
  return url
}

test('the calendar API calls the authorization server directly', async () => {
  const isAsked = once(accounts, 'asked')
  await startService('calendar-api')
  await isAsked
  expect(asked[0]).toMatch(/^\/ended-tokens\?/)
  expect(proxied).toEqual([])
})

test('Tripmate calls the authorization server directly', async () => {
  const url = await startService('client-app')
  await fetch(`${url}/connect`, { redirect: 'manual' })
  expect(asked).toContain('/.well-known/oauth-authorization-server')
  expect(proxied).toEqual([])
})
