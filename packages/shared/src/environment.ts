/**
 * What the three services read from the environment, and how they say what is wrong with it.
 * Each service's own `config.ts` puts these pieces together.
 */
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { isLoopbackName } from './loopback'

import { DEFAULT_LIMITS, type PostgresLimits } from './postgres-limits'

export type Environment = Record<string, string | undefined>

/** Something in the environment is missing or wrong. The message names the variable and says what to do. */
export class ConfigError extends Error {}

/** The origins of the cast (interface.md), without a trailing slash. */
export interface Addresses {
  clientAppUrl: string
  authServerUrl: string
  calendarApiUrl: string
  /** The Lab, which runs in demo mode only. Empty if there is none (`LAB_URL=off`). */
  labUrl: string
}

/** `localhost` can mean either address, and clients differ in which one they try first. */
const LOOPBACK = ['127.0.0.1', '::1']

/** The settings that all services share: where and how they run. */
export interface Surroundings {
  addresses: Addresses
  /** Everything but `NODE_ENV=production`: seeds alice and bob, and shows the see-through strip. */
  demo: boolean
  /** The addresses to listen on. */
  hosts: string[]
  /** The port to listen on if it differs from the port in the service's URL: for several copies behind one address. */
  listenPort: number | undefined
  dataDir: string
  databaseUrl: string | undefined
  databaseLimits: PostgresLimits
  /** Whose `X-Forwarded-For` is trusted, in the form of Express's `trust proxy`; undefined: no proxy is trusted. */
  trustProxy: number | string[] | undefined
  /** Further names, addresses and address ranges that are accepted in a request's `Host` (`foreign-hosts.ts`). */
  allowedHosts: string[]
  logLevel: string
}

/** The workspace folder, which contains `.env` and `.data/`. */
export function workspaceRoot(): string {
  let folder = __dirname
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) {
    const parent = dirname(folder)
    if (parent === folder) return process.cwd()
    folder = parent
  }
  return folder
}

/** @throws ConfigError that names the variable and says what to do */
export function readSurroundings(env: Environment): Surroundings {
  return {
    addresses: {
      clientAppUrl: readOrigin(env, 'CLIENT_APP_URL', 'http://localhost:4000'),
      authServerUrl: readOrigin(env, 'AUTH_SERVER_URL', 'http://localhost:4001'),
      calendarApiUrl: readOrigin(env, 'CALENDAR_API_URL', 'http://localhost:4002'),
      labUrl: env.LAB_URL === 'off' ? '' : readOrigin(env, 'LAB_URL', 'http://localhost:4003'),
    },
    demo: env.NODE_ENV !== 'production',
    hosts: readHosts(env),
    listenPort: env.LISTEN_PORT ? readPort(env.LISTEN_PORT) : undefined,
    dataDir: resolve(workspaceRoot(), env.DATA_DIR || '.data'),
    databaseUrl: readDatabaseUrl(env),
    databaseLimits: {
      poolSize: readNumber(env, 'DATABASE_POOL_SIZE', DEFAULT_LIMITS.poolSize, 'connections', 1_000),
      poolWait: readSeconds(env, 'DATABASE_POOL_WAIT', DEFAULT_LIMITS.poolWait, 60),
      statementTimeout: readSeconds(env, 'DATABASE_STATEMENT_TIMEOUT', DEFAULT_LIMITS.statementTimeout, 3_600),
    },
    trustProxy: readTrustProxy(env),
    allowedHosts: readAllowedHosts(env),
    logLevel: readLogLevel(env),
  }
}

/**
 * A secret of at least 32 characters. `npm start` writes fresh ones to `.env`.
 * @throws ConfigError when it is missing; in production also when it is too short or looks like a placeholder
 */
export function readSecret(env: Environment, name: string): string {
  const value = env[name]
  if (!value)
    throw new ConfigError(
      `${name} is not set. "npm start" writes one to .env; if you start the service another way, set it yourself.`,
    )
  if (env.NODE_ENV === 'production' && (value.length < 32 || /^(.)\1*$|changeme|secret|example/i.test(value))) {
    throw new ConfigError(
      `${name} is too easy to guess for production. Use at least 32 random characters, e.g. from "openssl rand -base64 32".`,
    )
  }
  return value
}

/** A whole number of seconds, at least 1. @throws ConfigError */
export function readSeconds(
  env: Environment,
  name: string,
  byDefault: number,
  atMost = Number.MAX_SAFE_INTEGER,
): number {
  return readNumber(env, name, byDefault, 'seconds', atMost)
}

function readNumber(env: Environment, name: string, byDefault: number, unit: string, atMost: number): number {
  const text = env[name]
  if (!text) return byDefault
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1 || value > atMost) {
    throw new ConfigError(`${name}=${text} is not a whole number of ${unit} from 1 to ${atMost}.`)
  }
  return value
}

function readOrigin(env: Environment, name: string, byDefault: string): string {
  const text = (env[name] || byDefault).replace(/\/$/, '')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text) {
    throw new ConfigError(`${name}=${text} is not an origin such as ${byDefault}.`)
  }
  // RFC 6749 §3.1, §3.2: passwords, codes and tokens MUST NOT be sent in the clear. Loopback traffic never leaves the machine.
  if (env.NODE_ENV === 'production' && url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
    throw new ConfigError(
      `${name}=${text} must begin with https:// in production. A proxy in front of the service may terminate TLS.`,
    )
  }
  return text
}

/** The number of proxies in front, or their addresses: a client can forge these headers (RFC 9700 §4.13). */
function readTrustProxy(env: Environment): Surroundings['trustProxy'] {
  const text = env.TRUST_PROXY
  if (!text) return undefined
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  const addresses = text.split(',').map(address => address.trim())
  const wrong = addresses.find(address => !isNetwork(address))
  if (wrong === undefined) return addresses
  throw new ConfigError(
    `TRUST_PROXY=${text} is neither a number of proxies from 1 to 99 nor a list of addresses such as 10.0.0.0/8,::1.`,
  )
}

/** An IP address, or a range of them such as 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? 0
  return most > 0 && rest.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
}

/** A host name, or an IP address; an IPv6 address may have the brackets that a URL requires. */
function readHosts(env: Environment): string[] {
  const text = env.HOST
  if (!text) return LOOPBACK
  const host = /^\[(.*)\]$/.exec(text)?.[1] ?? text
  if (isIP(host) || (host === text && /^[a-z\d_]([a-z\d_.-]*[a-z\d_])?$/i.test(host))) return [host]
  throw new ConfigError(
    `HOST=${text} is not an address to listen on, such as 127.0.0.1, ::1 or 0.0.0.0. Set the port in the service's URL.`,
  )
}

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']

/** @throws ConfigError */
export function readLogLevel(env: Environment): string {
  const level = env.LOG_LEVEL || 'info'
  if (LOG_LEVELS.includes(level)) return level
  throw new ConfigError(`LOG_LEVEL=${level} is not one of silent, error, warn, info and debug.`)
}

/** Names that a proxy or a health check uses in place of the services' own. */
function readAllowedHosts(env: Environment): string[] {
  const hosts = (env.ALLOWED_HOSTS ?? '').split(',').map(host => host.trim())
  const wrong = hosts.find(host => host !== '' && !isNetwork(host) && !/^[a-z\d_]([a-z\d_.-]*[a-z\d_])?$/i.test(host))
  if (wrong === undefined) return hosts.filter(host => host !== '')
  throw new ConfigError(
    `ALLOWED_HOSTS has "${wrong}", which is neither a host name such as accounts.internal nor an address or a range such as 10.0.0.0/8. Separate entries with commas, without ports or wildcards.`,
  )
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new ConfigError(`LISTEN_PORT=${text} is not a port from 1 to 65535.`)
  return port
}

function readDatabaseUrl(env: Environment): string | undefined {
  const text = env.DATABASE_URL || undefined
  if (text && !/^postgres(ql)?:\/\//.test(text)) {
    throw new ConfigError('DATABASE_URL must begin with postgres://. Remove it to use SQLite in DATA_DIR.')
  }
  // As libpq writes a Unix socket: postgres://user@/database?host=/folder. A URL with a user needs a host; `host` replaces it.
  return text?.replace(/^([^/]+:\/\/[^/]*@)\//, '$1localhost/')
}
