/** Who takes part in a run, started and ready. */
import { createRequire } from 'node:module'
import { Glasshouse } from './glasshouse.mjs'
import { BOB, browse, Connection, Jar } from './http.mjs'
import { startPeer } from './peers.mjs'
import { fillBobs, fillMonth, fillRepeating, tokenOf } from './workloads.mjs'

/** @typedef {import('./rounds.mjs').Entry} Entry */
/** @typedef {{ ours: string, entriesFor: (workload: string) => Entry[], removeDatabases?: () => Promise<unknown> }} Contestants */

const ACCOUNTS = ['token', 'code', 'refresh', 'introspect', 'revoke']
const CALENDAR = ['list', 'event', 'create']

const require = createRequire(import.meta.url)

/** @param {string} folder for data and logs @returns {Promise<Contestants>} */
export async function besidePeers(folder) {
  const ours = await glasshouseEntries(await Glasshouse.start({ name: 'Glasshouse', folder }))
  const memory = await startPeer('oidc-provider, memory', 'oidc-provider.mjs', folder, { STORE: 'memory' })
  const sqlite = await startPeer('oidc-provider, SQLite', 'oidc-provider.mjs', folder, { STORE: 'sqlite' })
  const limit = await startPeer('the limit', 'limit.mjs', folder)
  limit.contestant.signInPath = '/sign-in'
  limit.contestant.bearer = await tokenOf(limit.contestant)
  await fillMonth(limit.contestant)
  const peer = ({ program, contestant }) => ({ name: program.name, contestant, servers: [program], all: [program] })
  return {
    ours: 'Glasshouse',
    entriesFor(workload) {
      if (workload === 'page') return [ours(workload)]
      if (workload === 'repeating') {
        const entry = ours(workload)
        return [entry, { ...entry, name: 'plain events', contestant: { ...entry.contestant, plain: true } }]
      }
      if (CALENDAR.includes(workload)) return [ours(workload), peer(limit)]
      const needsOpaque = workload === 'introspect' || workload === 'revoke'
      const providers = [memory, sqlite].map(one => {
        const opaque = needsOpaque ? { opaque: `${one.contestant.accounts}/opaque` } : {}
        return peer({ ...one, contestant: { ...one.contestant, ...opaque } })
      })
      return [ours(workload), ...providers, peer(limit)]
    },
  }
}

/** @param {string} folder for data and logs @returns {Promise<Contestants>} */
export async function besideItself(folder) {
  const { startPostgresServer } = require('../../packages/shared/dist/testing/postgres-server.js')
  /** The settings with which PostgreSQL comes, and not those for tests. */
  const settings = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', autovacuum: 'on' }
  const [first, second] = [await startPostgresServer(settings), await startPostgresServer(settings)]
  const started = [
    await Glasshouse.start({ name: 'SQLite', folder }),
    await Glasshouse.start({ name: 'PostgreSQL', folder, databaseUrl: first.url }),
    await Glasshouse.start({ name: 'PostgreSQL, two copies', folder, databaseUrl: second.url, copies: 2 }),
  ]
  const entries = []
  for (const glasshouse of started) entries.push(await glasshouseEntries(glasshouse))
  // None is held still: a pool that wakes up takes the time it slept for a database that did not answer, and refuses requests.
  return {
    ours: 'SQLite',
    entriesFor: workload => entries.map(entry => ({ ...entry(workload), all: [] })),
    removeDatabases: () => Promise.all([first.remove(), second.remove()]),
  }
}

/** @param {Glasshouse} glasshouse @returns {Promise<(workload: string) => Entry>} */
async function glasshouseEntries(glasshouse) {
  const contestant = await glasshouse.contestant()
  contestant.bearer = await tokenOf(contestant)
  await fillMonth(contestant)
  await fillRepeating(contestant)
  await fillBobs(contestant)
  contestant.cookie = await connectTripmate(glasshouse.urls['client-app'])
  return workload => {
    if (workload === 'page') {
      const page = { ...contestant, calendar: glasshouse.urls['client-app'], addresses: undefined }
      return {
        name: glasshouse.name,
        contestant: page,
        servers: glasshouse.programs('client-app'),
        all: glasshouse.all,
      }
    }
    const service = ACCOUNTS.includes(workload) ? 'auth-server' : 'calendar-api'
    return { name: glasshouse.name, contestant, servers: glasshouse.programs(service), all: glasshouse.all }
  }
}

/** Connects bob's calendar to Tripmate. @param {string} tripmate its origin @returns {Promise<string>} the browser's cookies */
async function connectTripmate(tripmate) {
  const jar = new Jar()
  const connection = new Connection(tripmate)
  const step = async path => {
    const { headers } = await connection.send('GET', path, { cookie: jar.header, accept: 'text/html' })
    jar.store(headers['set-cookie'])
    return String(headers.location)
  }
  const callback = await browse(new Jar(), await step('/connect'), `${tripmate}/callback`, BOB)
  await step(callback.slice(tripmate.length))
  connection.close()
  return jar.header
}
