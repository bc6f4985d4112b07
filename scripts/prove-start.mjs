/**
 * Proves `npm start` from outside, as a person meets it: starts it, walks the scenario over HTTP, stops it, and looks
 * for what it left behind. On ports and data of its own; `.env` stays as it is. Runs on Linux and macOS.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './lib/workspace.mjs'

const FIRST_START_WITHIN_S = 600
const SECOND_START_WITHIN_S = 5
const STOP_WITHIN_S = 10

const folder = mkdtempSync(join(tmpdir(), 'glasshouse-start-'))
const ports = await freePorts(3)
const [tripmate, accounts, calendar] = ports.map(port => `http://localhost:${port}`)
const envFile = join(folder, '.env')
const env = {
  ...process.env,
  ENV_FILE: envFile,
  DATA_DIR: join(folder, 'data'),
  CLIENT_APP_URL: tripmate,
  AUTH_SERVER_URL: accounts,
  CALENDAR_API_URL: calendar,
  DATABASE_URL: '',
}
/** Nobody listens there: what goes to the proxy is lost. */
const PROXY = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }
const EVENT = { summary: `Dinner at ${new Date().toISOString()}`, ...tomorrowEvening() }

let passed = 0
let failed = 0
/** @type {ReturnType<typeof npmStart>} the latest */
let running

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)) // see the exit handler below

const ownEnvFile = fingerprint(join(ROOT, '.env'))
let browser

await check('npm start gets ready and says which address to open', async () => {
  running = npmStart()
  const { url, seconds } = await running.ready(FIRST_START_WITHIN_S)
  assert.equal(url, tripmate)
  console.log(`    ready after ${seconds} s`)
})
await check('fresh secrets are in a file that nobody else can read', async () => {
  assert.equal((statSync(envFile).mode & 0o777).toString(8), '600')
  const secrets = [...readFileSync(envFile, 'utf8').matchAll(/^[A-Z_]+=(.+)$/gm)].map(([, value]) => value)
  assert.equal(secrets.length, 5)
  assert.equal(new Set(secrets).size, 5)
  for (const secret of secrets) assert.equal(Buffer.from(secret, 'base64url').length, 32)
})
await check('the scenario: Tripmate asks, alice signs in and allows, an event is added and listed', async () => {
  const { TestBrowser } = createRequire(import.meta.url)('../packages/shared/dist/testing/test-browser.js')
  browser = new TestBrowser()
  await walkTheScenario(browser)
})
await check('a second npm start says that the ports are in use, and leaves the first one alone', async () => {
  const second = npmStart()
  assert.equal(await second.exitCode(STOP_WITHIN_S), 1)
  assert.match(second.output(), new RegExp(`^Ports ${ports.join(', ')} are in use\\. .+$`, 'm'))
  assert.equal((await browser.get(tripmate)).status, 200)
})
await check('a second npm start on the same data, on other ports, is refused, and leaves the data alone', async () => {
  const [client, server, api] = (await freePorts(3)).map(port => `http://localhost:${port}`)
  const others = { CLIENT_APP_URL: client, AUTH_SERVER_URL: server, CALENDAR_API_URL: api }
  const second = npmStart(others, ['--reset'])
  assert.equal(await second.exitCode(STOP_WITHIN_S), 1)
  assert.match(second.output(), /^The data of client-app in .+ is in use by process \d+\. .+$/m)
  assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary))
})
await check('a normal start prints no warning', async () => {
  assert.doesNotMatch(running.output(), /warning|error/i)
})
await check('Ctrl-C stops all three: exit code 0, ports free, no process left', async () => {
  running.signalAll('SIGINT')
  assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
  await assertNothingLeft(running)
})
await check(`started again, behind a proxy's settings, it is ready in under ${SECOND_START_WITHIN_S} s`, async () => {
  running = npmStart(PROXY)
  const { seconds } = await running.ready(60)
  console.log(`    ready after ${seconds} s`)
  assert.ok(seconds < SECOND_START_WITHIN_S, `${seconds} s`)
})
await check('what was there before the stop is there after it', async () => {
  assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary))
})
await check('SIGTERM to npm alone, as a supervisor sends it, stops all three', async () => {
  running.signalNpm('SIGTERM')
  assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
  await assertNothingLeft(running)
})
await check('npm killed outright leaves nothing running', async () => {
  running = npmStart()
  await running.ready(60)
  running.signalNpm('SIGKILL')
  await assertNothingLeft(running)
})
await check('a service that dies takes the others with it, and the exit code says so', async () => {
  running = npmStart()
  await running.ready(60)
  process.kill(serviceProcess(running.pid, 'calendar-api'), 'SIGKILL')
  assert.equal(await running.exitCode(STOP_WITHIN_S), 1)
  assert.match(running.output(), /^Calendar ended \(SIGKILL\), so the others were stopped\./m)
  await assertNothingLeft(running)
})
await check('a service that cannot start says why, and takes the others with it', async () => {
  running = npmStart({ ACCESS_TOKEN_TTL: 'soon' })
  assert.equal(await running.exitCode(60), 1)
  assert.match(running.output(), /^Accounts ended .+ACCESS_TOKEN_TTL=soon is not a whole number of seconds/m)
  await assertNothingLeft(running)
})
await check('npm start -- --reset begins with fresh data', async () => {
  running = npmStart({}, ['--reset'])
  await running.ready(60)
  assert.ok((await browser.get(tripmate)).body.includes('Connect'))
  running.signalAll('SIGINT')
  assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
  await assertNothingLeft(running)
})
await check('the repository’s own .env is as it was', async () => {
  assert.equal(fingerprint(join(ROOT, '.env')), ownEnvFile)
})

rmSync(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

async function check(name, prove) {
  try {
    await prove()
    passed += 1
    console.log(`✓ ${name}`)
  } catch (error) {
    failed += 1
    console.log(`✗ ${name}\n${error.stack}\n${running ? `npm start said:\n${running.output()}` : ''}`)
  }
}

/** Steps 1 to 6, with nothing but what the pages offer. */
async function walkTheScenario(browser) {
  const home = await browser.get(tripmate)
  assert.equal(home.status, 200)
  const connect = /<a\b[^>]*href="([^"]+)"[^>]*>[^<]*Connect/.exec(home.body)?.[1]
  assert.ok(connect, 'no link named "Connect" on Tripmate’s page')
  const request = await browser.get(new URL(connect, tripmate))
  assert.equal(request.location.origin, accounts)
  const login = await browser.follow(await browser.get(request.location), accounts)
  assert.equal((await browser.post(login.url, { username: 'alice', password: 'wonderland' })).status, 403)
  const credentials = { username: 'alice', password: 'wonderland' }
  const consent = await browser.follow(await browser.submit(login, credentials, 'password'), accounts)
  assert.ok(consent.url.startsWith(`${accounts}/consent`), consent.url)
  const allowed = await browser.submit(consent, { decision: 'allow' }, 'decision')
  assert.equal(`${allowed.location.origin}${allowed.location.pathname}`, `${tripmate}/callback`)
  const connected = await browser.follow(await browser.get(allowed.location), tripmate)
  assert.equal(connected.status, 200)
  assert.ok(!connected.body.includes(EVENT.summary))
  const added = await browser.follow(await browser.submit(connected, EVENT, 'summary'), tripmate)
  assert.equal(added.status, 200)
  assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary), 'the event is not listed')
}

function tomorrowEvening() {
  const day = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  return { start: `${day}T19:00`, end: `${day}T21:00` }
}

/** `npm start`, in a process group of its own, as a shell starts it: a signal to the group is what Ctrl-C sends. */
function npmStart(changes = {}, args = []) {
  const child = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: ROOT,
    env: { ...env, ...changes },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'close')
  const { pid } = child
  assert.ok(pid, 'there is no npm')
  process.once('exit', () => groupLives(pid) && process.kill(-pid, 'SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      output += chunk
    })
  }
  return {
    pid,
    output: () => output,
    signalAll: signal => process.kill(-pid, signal),
    signalNpm: signal => process.kill(pid, signal),
    async ready(withinS) {
      const line = await until(
        () => /Ready after ([\d.]+) s: open (\S+)/.exec(output) ?? (child.exitCode === null ? undefined : 'ended'),
        withinS,
        'npm start is not ready',
      )
      assert.notEqual(line, 'ended', 'npm start ended before it was ready')
      return { seconds: Number(line[1]), url: line[2] }
    },
    async exitCode(withinS) {
      await Promise.race([gone, delay(withinS * 1000)])
      assert.notEqual(child.exitCode ?? child.signalCode, null, `npm start still runs after ${withinS} s`)
      return child.exitCode ?? child.signalCode
    },
  }
}

async function assertNothingLeft({ pid }) {
  await until(() => !groupLives(pid), STOP_WITHIN_S, 'a process is left')
  for (const port of ports) assert.ok(await isFree(port), `port ${port} is still in use`)
}

function groupLives(pid) {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

/** @returns {number} the process, in npm's group, that runs the service */
function serviceProcess(group, folder) {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' })
  const line = all
    .split('\n')
    .find(text => text.includes(`apps/${folder}/dist/main.js`) && text.trim().split(/\s+/)[1] === String(group))
  assert.ok(line, `no process of ${folder}`)
  return Number(line.trim().split(/\s+/)[0])
}

async function until(condition, withinS, otherwise) {
  const deadline = Date.now() + withinS * 1000
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`${otherwise} after ${withinS} s`)
    await delay(50)
  }
}

function delay(ms) {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function fingerprint(file) {
  return existsSync(file) ? `${statSync(file).mtimeMs} ${readFileSync(file, 'utf8')}` : 'none'
}

async function freePorts(count) {
  const found = new Set()
  while (found.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

function isFree(port) {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
