/**
 * Kills services with SIGKILL at random moments while clients use them, restarts them, and then checks that no
 * acknowledged event, code or token was lost, and that no single-use code or token worked twice. Uses its own data, and
 * its own ports on loopback. Run `tsc -b` first.
 *
 * `node scripts/kill-test.mjs [--kills=20] [--engine=sqlite|postgres] [--seed=N]`
 */
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { startClients } from './kill-test/clients.mjs'
import { prove } from './kill-test/proof.mjs'
import { randomFrom } from './kill-test/random.mjs'
import { startServices } from './kill-test/services.mjs'
import { readOptions } from './lib/options.mjs'
import { Refusal, runScript } from './lib/refusal.mjs'
import { say } from './lib/run.mjs'
import { delay } from './lib/wait.mjs'

const OPTIONS = {
  '--kills': 'how many kills in total; default 20',
  '--engine': 'sqlite or postgres; default both',
  '--seed': 'the seed of the random numbers, to repeat a run',
}
const ENGINES = ['sqlite', 'postgres']
const CLIENTS = 6

/** From one restart to the next kill, in milliseconds: enough to begin some work, but not to finish all of it. */
const [SHORTEST_LIFE_MS, LONGEST_LIFE_MS] = [150, 900]

const require = createRequire(import.meta.url)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

runScript(async () => {
  const given = readOptions('node scripts/kill-test.mjs', OPTIONS, process.argv.slice(2))
  const kills = readNumber(given, '--kills', 20)
  const seed = readNumber(given, '--seed', Math.floor(Math.random() * 1e9))
  const engines = given.has('--engine') ? [given.get('--engine') ?? ''] : ENGINES
  const unknown = engines.find(engine => !ENGINES.includes(engine))
  if (unknown !== undefined) throw new Refusal(`--engine=${unknown} is neither sqlite nor postgres.`)

  say(
    `Seed ${seed}. "--seed=${seed}" repeats the times and choices, but not the exact state of the services at each kill.`,
  )
  let passed = 0
  let failed = 0
  for (const [index, engine] of engines.entries()) {
    const share = Math.ceil((kills - index) / engines.length)
    for (const { name, failures } of await killAndProve(engine, share, randomFrom(seed + index))) {
      say(`${failures.length > 0 ? '✗' : '✓'} ${engine}: ${name}`)
      for (const failure of failures.slice(0, 10)) say(`    ${failure}`)
      if (failures.length > 10) say(`    and ${failures.length - 10} more`)
      if (failures.length > 0) failed += 1
      else passed += 1
    }
  }
  say(`${passed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
})

/**
 * @param {string} engine @param {number} kills @param {() => number} random
 * @returns {Promise<import('./kill-test/proof.mjs').Result[]>}
 */
async function killAndProve(engine, kills, random) {
  const { createTestFolder } = require('../packages/shared/dist/testing/test-folder.js')
  const { startPostgresServer } = require('../packages/shared/dist/testing/postgres-server.js')
  const dataDir = createTestFolder('glasshouse-kill-')
  const postgres = engine === 'postgres' ? await startPostgresServer() : undefined
  const services = await startServices({ dataDir, databaseUrl: postgres?.url ?? '' })
  try {
    const clients = await startClients(services, CLIENTS, random)
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(SHORTEST_LIFE_MS + random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS))
      await services.killAndRestart(random() < 0.6 ? 'auth-server' : 'calendar-api')
    }
    await clients.stop()
    // One more restart, so that only stored data counts.
    for (const name of services.names) await services.killAndRestart(name)
    say(`${engine}: ${kills} kills under load; ${clients.ledger.summary()}`)
    return await prove(clients)
  } finally {
    services.stop()
    await postgres?.remove()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** @param {Map<string, string>} given @param {string} option @param {number} byDefault @throws {Refusal} */
function readNumber(given, option, byDefault) {
  const value = given.has(option) ? Number(given.get(option) || 'nothing') : byDefault
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Refusal(`${option}=${given.get(option)} is not a whole number.`)
}
