/** The services: what they are called, where they are, and whether they can be there. */
import { createServer } from 'node:net'
import { Refusal } from './refusal.mjs'

/**
 * @typedef {object} Member
 * @property {string} name that is shown to users
 * @property {string} folder under apps/
 * @property {string} variable names its URL in the environment
 * @property {string} url its origin
 * @property {number} port where it listens
 */

const CAST = [
  { name: 'Tripmate', folder: 'client-app', variable: 'CLIENT_APP_URL', byDefault: 'http://localhost:4000' },
  { name: 'Accounts', folder: 'auth-server', variable: 'AUTH_SERVER_URL', byDefault: 'http://localhost:4001' },
  { name: 'Calendar', folder: 'calendar-api', variable: 'CALENDAR_API_URL', byDefault: 'http://localhost:4002' },
]

/** Runs in demo mode only. */
const LAB = { name: 'Lab', folder: 'lab', variable: 'LAB_URL', byDefault: 'http://localhost:4003' }

/**
 * Without a LAB_URL, another program on the Lab's usual port is no reason not to start: the parties work without the Lab.
 * @param {Record<string, string | undefined>} env @returns {Promise<Record<string, string | undefined>>} with `LAB_URL=off`
 *   if the port is taken
 */
export async function withoutLabIfTaken(env) {
  const lab = readCast(env).find(({ folder }) => folder === LAB.folder)
  if (!lab || env.LAB_URL) return env
  const codes = await Promise.all(listenAddresses(env).map(address => listenError(lab.port, address)))
  return codes.includes('EADDRINUSE') ? { ...env, LAB_URL: 'off' } : env
}

/** `localhost` means either of these; a service listens on both. */
const LOOPBACK = ['127.0.0.1', '::1']

/**
 * @param {Record<string, string | undefined>} env @returns {Member[]} Tripmate first: it is the one to open
 * @throws {Refusal} if a URL is not an origin, or two services share a port
 */
export function readCast(env) {
  if (env.LISTEN_PORT) {
    throw new Refusal(
      'LISTEN_PORT is for a service that is started alone. Remove it: npm start runs each service on the port of its own URL.',
    )
  }
  const withLab = env.NODE_ENV !== 'production' && env.LAB_URL !== 'off'
  const members = withLab ? [...CAST, LAB] : CAST
  const cast = members.map(({ name, folder, variable, byDefault }) => {
    const text = (env[variable] || byDefault).replace(/\/$/, '')
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text) {
      throw new Refusal(
        `${variable}=${text} is not an origin such as ${byDefault}. Correct it in .env or the environment.`,
      )
    }
    return { name, folder, variable, url: text, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) }
  })
  for (const [index, { port, variable }] of cast.entries()) {
    const other = cast.slice(0, index).find(member => member.port === port)
    if (other)
      throw new Refusal(
        `${other.variable} and ${variable} name the same port, ${port}. Give each service its own port.`,
      )
  }
  return cast
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {string[]} the addresses that every service listens on, without the brackets of an IPv6 URL
 */
export function listenAddresses(env) {
  return env.HOST ? [env.HOST.replace(/^\[(.*)\]$/, '$1')] : LOOPBACK
}

/** @param {Record<string, string | undefined>} env @returns {string} the host at which these scripts reach a service */
export function reachableHost(env) {
  const [host = '127.0.0.1'] = listenAddresses(env)
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return address.includes(':') ? `[${address}]` : address
}

/**
 * @param {Member[]} cast @param {string[]} addresses
 * @throws {Refusal} naming each port that is not available, and what to do
 */
export async function requireFreePorts(cast, addresses) {
  const taken = []
  for (const member of cast) {
    const results = await Promise.all(addresses.map(address => listenError(member.port, address)))
    // A machine without IPv6 has no ::1; the service then listens on the other loopback address alone.
    const [first, ...others] = results
    const code = [first, ...others.filter(result => result && !NO_SUCH_ADDRESS.includes(result))].find(Boolean)
    if (code === 'EADDRINUSE') taken.push(member)
    else if (code && NOT_OUR_ADDRESS.includes(code)) {
      throw new Refusal(
        `HOST=${addresses.join()} is not an address of this machine (${code}). Set HOST to an address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0, or remove it.`,
      )
    } else if (code) {
      throw new Refusal(
        `${member.name} cannot listen on port ${member.port} (${code}). Set another port in ${member.variable}.`,
      )
    }
  }
  if (taken.length === 0) return
  const ports = taken.map(member => member.port).join(', ')
  const example = taken.map(member => `${member.variable}=http://localhost:${member.port + 100}`).join(' ')
  throw new Refusal(
    `${taken.length > 1 ? `Ports ${ports} are` : `Port ${ports} is`} in use. Stop the program that uses ${taken.length > 1 ? 'them' : 'it'} (perhaps another "npm start"), or choose other ports: ${example} npm start`,
  )
}

const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']
const NOT_OUR_ADDRESS = [...NO_SUCH_ADDRESS, 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']

/** @param {number} port @param {string} address @returns {Promise<string | undefined>} the system's error code */
function listenError(port, address) {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (/** @type {NodeJS.ErrnoException} */ { code = 'unknown error' }) => resolve(code))
    server.listen(port, address, () => server.close(() => resolve(undefined)))
  })
}
