/** `pnpm bench`: Glasshouse beside oidc-provider and bare Node, in one run, as ratios. docs/performance.md says how to read it. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { readOptions } from '../scripts/lib/options.mjs'
import { Refusal, runScript } from '../scripts/lib/refusal.mjs'
import { say } from '../scripts/lib/run.mjs'
import { ROOT } from '../scripts/lib/workspace.mjs'
import { besideItself, besidePeers } from './lib/contestants.mjs'
import { printGrowth } from './lib/growth.mjs'
import { printMemory, printProfile } from './lib/inside.mjs'
import { Loader } from './lib/loader.mjs'
import { stopAll } from './lib/programs.mjs'
import { asDetails, asTable } from './lib/report.mjs'
import { measureInTurn } from './lib/rounds.mjs'
import { WORKLOADS } from './lib/workloads.mjs'

const OPTIONS = {
  '--seconds': 'how long each contestant is measured in each round; default 3',
  '--only': `runs only these workloads, e.g. --only=token,list; there are ${Object.keys(WORKLOADS).join(', ')}`,
  '--engine': 'postgres: Glasshouse on PostgreSQL, with one and with two copies, beside itself on SQLite',
  '--profile': 'shows where the time of a request goes',
  '--memory': 'shows how much memory the services keep after so many calls; default 100000, of token, list and page',
  '--growth': 'shows how long the queries of the calendar take with so many events; default 1000000',
  '--smoke': 'one second each, to see that every workload runs and every answer is right; judges no time',
}
const ROUNDS = 5
/** Before each measurement, for the caches and the compiler. */
const WARM_S = 1
const USERS = 16
/** One for each service. */
const MEMORY_WORKLOADS = ['token', 'list', 'page']

const require = createRequire(import.meta.url)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

runScript(async () => {
  const options = readOptions('pnpm bench', OPTIONS, process.argv.slice(2))
  const byDefault = options.has('--memory') ? MEMORY_WORKLOADS : Object.keys(WORKLOADS)
  const names = options.get('--only')?.split(',') ?? byDefault
  const unknown = names.find(name => !Object.hasOwn(WORKLOADS, name))
  if (unknown) throw new Refusal(`--only=${unknown}: the workloads are ${Object.keys(WORKLOADS).join(', ')}.`)
  const seconds = readNumber('--seconds', options.get('--seconds') ?? '3')
  const calls = readNumber('--memory', options.get('--memory') || '100000')
  const engine = options.get('--engine') ?? 'sqlite'
  if (!['sqlite', 'postgres'].includes(engine)) throw new Refusal(`--engine=${engine} is neither sqlite nor postgres.`)

  if (options.has('--growth')) {
    await printGrowth(engine, readNumber('--growth', options.get('--growth') || '1000000'))
    return 0
  }

  const { createTestFolder } = require('../packages/shared/dist/testing/test-folder.js')
  const folder = createTestFolder('glasshouse-bench-')
  const loader = new Loader()
  /** @type {Contestants | undefined} */
  let contestants
  let exitCode = 1
  try {
    contestants = await (engine === 'postgres' ? besideItself(folder) : besidePeers(folder))
    if (options.has('--smoke')) exitCode = await smoke(loader, names, contestants)
    else if (options.has('--profile'))
      exitCode = await lookInside(printProfile, loader, names, contestants, seconds, engine)
    else if (options.has('--memory'))
      exitCode = await lookInside(printMemory, loader, names, contestants, calls, engine)
    else exitCode = await compare(loader, names, contestants, seconds)
    return exitCode
  } finally {
    loader.stop()
    await stopAll()
    // This process would wait for them.
    await contestants?.removeDatabases?.()
    // After a failure, the logs in it say why.
    if (exitCode === 0) rmSync(folder, { recursive: true })
  }
})

/** @typedef {import('./lib/contestants.mjs').Contestants} Contestants */

/** @param {Loader} loader @param {string[]} names @param {Contestants} contestants @param {number} seconds */
async function compare(loader, names, contestants, seconds) {
  const measured = new Map()
  for (const name of names) {
    say(`measuring ${name} …`)
    const entries = contestants.entriesFor(name)
    measured.set(
      name,
      await measureInTurn(loader, name, entries, { rounds: ROUNDS, seconds, warm: WARM_S, users: USERS }),
    )
  }
  say(`\n${description(seconds)}\n\n${asTable(measured, contestants.ours)}\n\n${asDetails(measured)}`)
  return 0
}

/**
 * @param {(loader: Loader, name: string, ours: import('./lib/rounds.mjs').Entry, amount: number) => Promise<void>} print
 * @param {Loader} loader @param {string[]} names @param {Contestants} contestants @param {number} amount seconds, or calls
 */
async function lookInside(print, loader, names, contestants, amount, engine) {
  const entry = engine === 'postgres' ? 1 : 0
  for (const name of names) await print(loader, name, contestants.entriesFor(name)[entry], amount)
  return 0
}

/** @param {Loader} loader @param {string[]} names @param {Contestants} contestants @returns {Promise<number>} the exit code */
async function smoke(loader, names, contestants) {
  let [passed, failed] = [0, 0]
  for (const name of names) {
    for (const entry of contestants.entriesFor(name)) {
      try {
        await measureInTurn(loader, name, [entry], { rounds: 1, seconds: 1, warm: 0, users: 4 })
        passed += 1
        say(`✓ ${name}: ${entry.name}`)
      } catch (error) {
        failed += 1
        say(`✗ ${error.message}`)
      }
    }
  }
  say(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}

/** @param {string} option @param {string} text @throws {Refusal} */
function readNumber(option, text) {
  const value = Number(text || 'nothing')
  if (value > 0) return value
  throw new Refusal(`${option}=${text} is not a positive number.`)
}

/** @param {number} seconds */
function description(seconds) {
  const [{ model }] = cpus()
  const commit = execFileSync('git', ['log', '-1', '--format=%h'], { cwd: ROOT, encoding: 'utf8' }).trim()
  return `Commit ${commit}. Node ${process.version}, ${cpus().length} × ${model.trim()}. ${ROUNDS} rounds of ${seconds} s, ${USERS} at once.`
}
