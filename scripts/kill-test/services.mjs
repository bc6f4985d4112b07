/** Starts, kills and restarts the built authorization server and calendar API. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePorts } from '../lib/ports.mjs'
import { delay, until } from '../lib/wait.mjs'
import { ROOT } from '../lib/workspace.mjs'

const READY_WITHIN_S = 30

/** @typedef {'auth-server' | 'calendar-api'} ServiceName */

/**
 * @typedef {object} Services
 * @property {ServiceName[]} names
 * @property {Record<ServiceName, string>} urls
 * @property {string} redirectUri that of the seeded client `tripmate`; nothing listens there
 * @property {string} clientSecret that of `tripmate`
 * @property {(name: ServiceName) => Promise<void>} killAndRestart returns when the service answers again
 * @property {() => void} stop kills both
 */

/** @param {{ dataDir: string, databaseUrl: string }} store @returns {Promise<Services>} */
export async function startServices({ dataDir, databaseUrl }) {
  /** @type {ServiceName[]} */
  const names = ['auth-server', 'calendar-api']
  const [tripmate, accounts, calendar] = (await freePorts(3)).map(port => `http://localhost:${port}`)
  const urls = { 'auth-server': accounts, 'calendar-api': calendar }
  const clientSecret = secret()
  const env = {
    PATH: process.env.PATH,
    ENV_FILE: '',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    CLIENT_APP_URL: tripmate,
    AUTH_SERVER_URL: accounts,
    CALENDAR_API_URL: calendar,
    LAB_URL: 'off',
    SESSION_SECRET: secret(),
    TRIPMATE_CLIENT_SECRET: clientSecret,
    CALENDAR_API_SECRET: secret(),
  }
  /** @type {Map<ServiceName, import('node:child_process').ChildProcess>} */
  const running = new Map()
  const start = async name => {
    const child = spawn(process.execPath, [join(ROOT, 'apps', name, 'dist/main.js')], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    running.set(name, child)
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it answered`)
        return isHealthy(urls[name])
      },
      READY_WITHIN_S,
      `${name} does not answer`,
    )
  }
  const kill = name => running.get(name)?.kill('SIGKILL')
  const stop = () => {
    for (const name of names) kill(name)
  }
  process.once('exit', stop)
  await Promise.all(names.map(start))
  return {
    names,
    urls,
    redirectUri: `${tripmate}/callback`,
    clientSecret,
    async killAndRestart(name) {
      const child = running.get(name)
      if (!child || child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} ended unasked`)
      const gone = once(child, 'exit')
      kill(name)
      await gone
      await start(name)
    },
    stop,
  }
}

async function isHealthy(url) {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    await delay(25)
    return false
  }
}

function secret() {
  return randomBytes(32).toString('base64url')
}
