/** What happens inside Glasshouse's own services: where the time of a request goes, and how much memory they keep. */
import { say } from '../../scripts/lib/run.mjs'
import { timeByOwner } from './profile.mjs'
import { markdown } from './report.mjs'

/** @typedef {import('./loader.mjs').Loader} Loader @typedef {import('./rounds.mjs').Entry} Entry */

const USERS = 4
/** Until the compiler has seen the code that the requests run. */
const WARM_S = 5
const DAY_S = 86_400
/** Smaller parts are added up. */
const SHOWN_FROM = 0.01

/** @param {Loader} loader @param {string} workload @param {Entry} entry @param {number} seconds */
export async function printProfile(loader, workload, { contestant, servers }, seconds) {
  const job = { workload, contestant, users: USERS, warm: 0 }
  await loader.run({ ...job, seconds: WARM_S }, servers)
  const [server] = servers
  await server.ask('startProfile')
  await loader.run({ ...job, seconds }, servers)
  const parts = timeByOwner(await server.ask('stopProfile'))
  const shown = parts.filter(([, part]) => part >= SHOWN_FROM)
  const rest = parts.filter(([, part]) => part < SHOWN_FROM).reduce((sum, [, part]) => sum + part, 0)
  const rows = [...shown, [`${parts.length - shown.length} others`, rest]]
  say(
    `\n${markdown(
      [workload, 'of the CPU time'],
      rows.map(([owner, part]) => [owner, `${(100 * Number(part)).toFixed(1)} %`]),
    )}`,
  )
}

/** @param {Loader} loader @param {string} workload @param {Entry} entry @param {number} calls */
export async function printMemory(loader, workload, { contestant, servers, all }, calls) {
  const sizes = async () => Promise.all(all.map(async program => `${Math.round((await program.usage()).rssMb)} MB`))
  const before = await sizes()
  const job = { workload, contestant, users: USERS, warm: 0, seconds: DAY_S, calls }
  await loader.run(job, servers)
  const after = await sizes()
  const rows = all.map(({ name }, index) => [name, before[index], after[index]])
  say(`\n${markdown([`${calls} times ${workload}`, 'before', 'after'], rows)}`)
}
