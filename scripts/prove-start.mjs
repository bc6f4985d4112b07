/**
 * Tests `npm start` from outside: starts it, walks through the scenario over HTTP, stops it, and checks that nothing is
 * left behind; first on SQLite, then on a real, empty PostgreSQL. Uses its own ports and data, and leaves `.env`
 * unchanged. Runs on Linux and macOS.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './lib/ports.mjs'
import { ROOT } from './lib/workspace.mjs'
import { assertNothingLeft, npmStart, serviceProcess } from './prove-start/npm-start.mjs'
import { EVENT, walkTheScenario } from './prove-start/scenario.mjs'

const FIRST_START_WITHIN_S = 600
const SECOND_START_WITHIN_S = 5
const STOP_WITHIN_S = 10

/** Nothing listens at this port, so requests to the proxy fail. */
const PROXY = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }

const require = createRequire(import.meta.url)

let passed = 0
let failed = 0
/** @type {ReturnType<typeof npmStart>} the latest */
let running

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)) // npm-start.mjs cleans up

const ownEnvFile = fingerprint(join(ROOT, '.env'))

console.log('On SQLite:')
await proveOn('sqlite', '')
console.log('On PostgreSQL:')
// Built by the first start.
const { startPostgresServer } = require('../packages/shared/dist/testing/postgres-server.js')
const postgres = await startPostgresServer()
await proveOn('postgres', postgres.url)
await postgres.remove()
await check('the repository’s own .env is unchanged', async () => {
  assert.equal(fingerprint(join(ROOT, '.env')), ownEnvFile)
})

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

/** @param {'sqlite' | 'postgres'} engine @param {string} databaseUrl of an empty database; empty for SQLite */
async function proveOn(engine, databaseUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-start-'))
  const ports = await freePorts(4)
  const [tripmate, accounts, calendar, lab] = ports.map(port => `http://localhost:${port}`)
  const envFile = join(folder, '.env')
  const env = {
    ...process.env,
    ENV_FILE: envFile,
    DATA_DIR: join(folder, 'data'),
    CLIENT_APP_URL: tripmate,
    AUTH_SERVER_URL: accounts,
    CALENDAR_API_URL: calendar,
    LAB_URL: lab,
    DATABASE_URL: databaseUrl,
  }
  const start = (changes = {}, args = []) => npmStart({ ...env, ...changes }, args)
  let browser

  await check('npm start becomes ready and says which address to open', async () => {
    running = start()
    const { url, seconds } = await running.ready(FIRST_START_WITHIN_S)
    assert.equal(url, lab)
    console.log(`    ready after ${seconds} s`)
  })
  await check('a normal start prints no warning', async () => {
    assert.doesNotMatch(running.output(), /warning|error/i)
  })
  await check('fresh secrets are in a file that nobody else can read', async () => {
    assert.equal((statSync(envFile).mode & 0o777).toString(8), '600')
    const secrets = [...readFileSync(envFile, 'utf8').matchAll(/^[A-Z_]+=(.+)$/gm)].map(([, value]) => value)
    assert.equal(secrets.length, 5)
    assert.equal(new Set(secrets).size, 5)
    for (const secret of secrets) assert.equal(Buffer.from(secret, 'base64url').length, 32)
  })
  await check('the scenario: Tripmate asks, alice signs in and allows, an event is added and listed', async () => {
    const { TestBrowser } = require('../packages/shared/dist/testing/test-browser.js')
    browser = new TestBrowser()
    await walkTheScenario(browser, tripmate, accounts)
  })
  await check('a second npm start says that the ports are in use, and does not disturb the first one', async () => {
    const second = start()
    assert.equal(await second.exitCode(STOP_WITHIN_S), 1)
    assert.match(second.output(), new RegExp(`^Ports ${ports.join(', ')} are in use\\. .+$`, 'm'))
    assert.equal((await browser.get(tripmate)).status, 200)
  })
  if (engine === 'sqlite') {
    await check(
      'a second npm start on the same data, on other ports, is refused, and does not touch the data',
      async () => {
        const [client, server, api, labUrl] = (await freePorts(4)).map(port => `http://localhost:${port}`)
        const others = { CLIENT_APP_URL: client, AUTH_SERVER_URL: server, CALENDAR_API_URL: api, LAB_URL: labUrl }
        const second = start(others, ['--reset'])
        assert.equal(await second.exitCode(STOP_WITHIN_S), 1)
        assert.match(second.output(), /^The data of client-app in .+ is in use by process \d+\. .+$/m)
        assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary))
      },
    )
  }
  await check('Ctrl-C stops all of them: exit code 0, ports free, no process left', async () => {
    running.signalAll('SIGINT')
    assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
    await assertNothingLeft(running, ports, STOP_WITHIN_S)
  })
  await check(
    `a second start, with a proxy in the environment, is ready in under ${SECOND_START_WITHIN_S} s`,
    async () => {
      running = start(PROXY)
      const { seconds } = await running.ready(60)
      console.log(`    ready after ${seconds} s`)
      assert.ok(seconds < SECOND_START_WITHIN_S, `${seconds} s`)
    },
  )
  await check('the event is still there after the restart', async () => {
    assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary))
  })
  await check('SIGTERM to npm alone, as sent by a supervisor, stops all three', async () => {
    running.signalNpm('SIGTERM')
    assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
    await assertNothingLeft(running, ports, STOP_WITHIN_S)
  })
  await check('killing npm leaves nothing running', async () => {
    running = start()
    await running.ready(60)
    running.signalNpm('SIGKILL')
    await assertNothingLeft(running, ports, STOP_WITHIN_S)
  })
  await check('if a service dies, the others are stopped, and the exit code is 1', async () => {
    running = start()
    await running.ready(60)
    process.kill(serviceProcess(running.pid, 'calendar-api'), 'SIGKILL')
    assert.equal(await running.exitCode(STOP_WITHIN_S), 1)
    assert.match(running.output(), /^Calendar ended \(SIGKILL\), so the others were stopped\./m)
    await assertNothingLeft(running, ports, STOP_WITHIN_S)
  })
  await check('if a service cannot start, it says why, and the others are stopped', async () => {
    running = start({ ACCESS_TOKEN_TTL: 'soon' })
    assert.equal(await running.exitCode(60), 1)
    assert.match(running.output(), /^Accounts ended .+ACCESS_TOKEN_TTL=soon is not a whole number of seconds/m)
    await assertNothingLeft(running, ports, STOP_WITHIN_S)
  })
  if (engine === 'sqlite') {
    await check('npm start -- --reset starts with fresh data', async () => {
      running = start({}, ['--reset'])
      await running.ready(60)
      assert.ok((await browser.get(tripmate)).body.includes('Connect'))
      running.signalAll('SIGINT')
      assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
      await assertNothingLeft(running, ports, STOP_WITHIN_S)
    })
  } else {
    await check('npm start -- --reset is refused, and does not touch the database', async () => {
      const refused = start({}, ['--reset'])
      assert.equal(await refused.exitCode(STOP_WITHIN_S), 1)
      assert.match(refused.output(), /^--reset deletes the SQLite files in DATA_DIR, but with DATABASE_URL .+$/m)
      running = start()
      await running.ready(60)
      assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary))
      running.signalAll('SIGINT')
      assert.equal(await running.exitCode(STOP_WITHIN_S), 0)
      await assertNothingLeft(running, ports, STOP_WITHIN_S)
    })
    await check('nothing was written to DATA_DIR', async () => {
      assert.deepEqual(existsSync(env.DATA_DIR) ? readdirSync(env.DATA_DIR) : [], [])
    })
  }

  rmSync(folder, { recursive: true, force: true })
}

async function check(name, prove) {
  try {
    await prove()
    passed += 1
    console.log(`✓ ${name}`)
  } catch (error) {
    failed += 1
    console.log(`✗ ${name}\n${error.stack}\n${running ? `Output of npm start:\n${running.output()}` : ''}`)
  }
}

function fingerprint(file) {
  return existsSync(file) ? `${statSync(file).mtimeMs} ${readFileSync(file, 'utf8')}` : 'none'
}
