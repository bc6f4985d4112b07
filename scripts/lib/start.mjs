/** What `npm start` does, in order. */
import { spawn } from 'node:child_process'
import { build } from './build.mjs'
import { listenAddresses, readCast, requireFreePorts, withoutLabIfTaken } from './cast.mjs'
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
  '--open': 'open the Lab in the browser',
  '--reset': 'start with fresh data: deletes the SQLite files in DATA_DIR',
}

/** @param {string[]} args of the command line */
export function start(args) {
  return runScript(async () => {
    const options = readOptions('npm start', OPTIONS, args)
    const settings = withEnvFile(process.env)
    const env = await withoutLabIfTaken(settings)
    const cast = readCast(env)
    if (options.has('--reset')) requireResettable(env)
    await requireFreePorts(cast, listenAddresses(env))
    if (env !== settings)
      say('Port 4003 is in use, so the Lab is not started. To have it, set LAB_URL, e.g. to http://localhost:4103.')
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
        command: [process.execPath, `apps/${folder}/dist/main.js`],
      })),
      env.LAB_URL === 'off' ? { ...process.env, LAB_URL: 'off' } : process.env,
      () => {
        if (options.has('--open')) openInBrowser(doorOf(cast).url)
      },
    )
  })
}

/** Adds missing secrets to .env, and prints what it added. */
export function writeSecrets() {
  const written = addMissingSecrets(process.env)
  if (!written) return
  const file = shown(written.file)
  say(written.created ? `Wrote fresh secrets to ${file}.` : `Added to ${file}: ${written.added.join(', ')}.`)
}

/**
 * Runs the programs until one ends or a signal arrives.
 * @param {import('./cast.mjs').Member[]} cast @param {import('./together.mjs').Program[]} programs
 * @param {Record<string, string | undefined>} env for the programs @param {() => void} [onReady]
 * @returns {Promise<number>} the exit code: 0 after a signal, 1 if a program ended without one
 */
export async function serve(cast, programs, env, onReady = () => {}) {
  const together = runTogether(programs, env)
  const waiting = new AbortController()
  const settings = withEnvFile(env)
  const ready = waitUntilHealthy(cast, settings, waiting.signal).then(
    () => {
      if (waiting.signal.aborted) return
      const seconds = (performance.now() / 1000).toFixed(1)
      say(`\nReady after ${seconds} s: open ${doorOf(cast).url} in a browser. Ctrl-C stops everything.`)
      if (settings.NODE_ENV !== 'production') {
        say(`Tripmate is at ${cast[0].url}; sign in as alice (wonderland) or bob (builder).`)
      }
      say('')
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

/** The one to open first: the Lab, if it runs. @param {import('./cast.mjs').Member[]} cast */
function doorOf(cast) {
  return cast.find(({ folder }) => folder === 'lab') ?? cast[0]
}

/** A program without a signal handler (one that is still loading, or the compiler) is ended by the signal itself. */
const CLEAN_AFTER_A_SIGNAL = [0, 'SIGINT', 'SIGTERM', 'SIGHUP']

/** @param {boolean} bySignal @param {import('./together.mjs').Ending[]} endings @returns {number} @throws {Refusal} */
function judge(bySignal, endings) {
  const failed = bySignal ? endings.find(({ exitCode }) => !CLEAN_AFTER_A_SIGNAL.includes(exitCode)) : endings[0]
  if (!failed) {
    say('Stopped.')
    return 0
  }
  const how = typeof failed.exitCode === 'number' ? `exit code ${failed.exitCode}` : failed.exitCode
  throw new Refusal(
    bySignal
      ? `${failed.name} did not stop cleanly (${how}).`
      : `${failed.name} ended (${how}), so the others were stopped.${failed.lastWords ? ` Its last error: ${failed.lastWords.split('\n')[0]}` : ''}`,
  )
}

/** If the browser cannot be opened, prints the address instead. @param {string} url */
function openInBrowser(url) {
  const [command, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? ['xdg-open']
  const remark = () => say(`No browser could be opened. Open ${url} yourself.`)
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.once('error', remark).once('exit', code => code && remark())
  child.unref()
}
