/** What `npm start` does, in order. */
import { spawn } from 'node:child_process'
import { build } from './build.mjs'
import { listenAddresses, readCast, requireFreePorts } from './cast.mjs'
import { addMissingSecrets, withEnvFile } from './env-file.mjs'
import { waitUntilHealthy } from './health.mjs'
import { whileHoldingData } from './hold-data.mjs'
import { install } from './install.mjs'
import { readOptions } from './options.mjs'
import { Refusal, runScript } from './refusal.mjs'
import { requireResettable, reset } from './reset.mjs'
import { say } from './run.mjs'
import { runTogether } from './together.mjs'
import { shown } from './workspace.mjs'

const OPTIONS = {
  '--open': 'open Tripmate in the browser',
  '--reset': 'begin with fresh data: deletes the SQLite files in DATA_DIR',
}

/** In MB. Node lets garbage pile up while there is memory left; this way each service stays under 150 MB. */
const SMALL_HEAP = ['--max-semi-space-size=1', '--max-old-space-size=128']

/** @param {string[]} args of the command line */
export function start(args) {
  return runScript(async () => {
    const options = readOptions('npm start', OPTIONS, args)
    const env = withEnvFile(process.env)
    const cast = readCast(env)
    if (options.has('--reset')) requireResettable(env)
    await requireFreePorts(cast, listenAddresses(env))
    await install()
    writeSecrets()
    await build(cast.map(({ folder }) => `apps/${folder}`))
    whileHoldingData(cast, env, () => {
      if (options.has('--reset')) say(`Fresh data: deleted ${reset(env)} files.`)
    })
    return serve(
      cast,
      cast.map(({ name, folder }) => ({
        name,
        command: [process.execPath, ...SMALL_HEAP, `apps/${folder}/dist/main.js`],
      })),
      process.env,
      () => {
        if (options.has('--open')) openInBrowser(cast[0].url)
      },
    )
  })
}

/** Writes the secrets that are missing to .env, and says so. */
export function writeSecrets() {
  const written = addMissingSecrets(process.env)
  if (!written) return
  const file = shown(written.file)
  say(written.created ? `Wrote fresh secrets to ${file}.` : `Added to ${file}: ${written.added.join(', ')}.`)
}

/**
 * Runs the programs until one ends or a signal comes.
 * @param {import('./cast.mjs').Member[]} cast @param {import('./together.mjs').Program[]} programs
 * @param {Record<string, string | undefined>} env for the programs @param {() => void} [onReady]
 * @returns {Promise<number>} the exit code: 0 after a signal, 1 when a program ended by itself
 */
export async function serve(cast, programs, env, onReady = () => {}) {
  const together = runTogether(programs, env)
  const waiting = new AbortController()
  const settings = withEnvFile(env)
  const ready = waitUntilHealthy(cast, settings, waiting.signal).then(
    () => {
      if (waiting.signal.aborted) return
      const seconds = (performance.now() / 1000).toFixed(1)
      const people = settings.NODE_ENV === 'production' ? '' : ' and sign in as alice (wonderland) or bob (builder)'
      say(`\nReady after ${seconds} s: open ${cast[0].url}${people}. Ctrl-C stops everything.\n`)
      onReady()
    },
    error => {
      together.stop()
      return error
    },
  )
  const { bySignal, endings } = await together.ended
  waiting.abort()
  const refusal = await ready
  if (refusal) throw refusal
  return judge(bySignal, endings)
}

/** A program that has not yet said what it does with a signal, or never will (the compiler), ends of the signal itself. */
const CLEAN_AFTER_A_SIGNAL = [0, 'SIGINT', 'SIGTERM', 'SIGHUP']

/** @param {boolean} bySignal @param {import('./together.mjs').Ending[]} endings @returns {number} @throws {Refusal} */
function judge(bySignal, endings) {
  const dead = bySignal ? endings.find(({ exitCode }) => !CLEAN_AFTER_A_SIGNAL.includes(exitCode)) : endings[0]
  if (!dead) {
    say('Stopped.')
    return 0
  }
  const how = typeof dead.exitCode === 'number' ? `exit code ${dead.exitCode}` : dead.exitCode
  throw new Refusal(
    bySignal
      ? `${dead.name} did not stop cleanly (${how}).`
      : `${dead.name} ended (${how}), so the others were stopped.${dead.lastWords ? ` It said: ${dead.lastWords.split('\n')[0]}` : ''}`,
  )
}

/** A browser that cannot be opened is no reason to stop. @param {string} url */
function openInBrowser(url) {
  const [command, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? ['xdg-open']
  const remark = () => say(`No browser could be opened from here: open ${url} yourself.`)
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.once('error', remark).once('exit', code => code && remark())
  child.unref()
}
