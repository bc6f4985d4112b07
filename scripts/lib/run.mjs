/** Runs other programs, and prints lines for the user. */
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CACHE, ROOT } from './workspace.mjs'

/** @param {string} text one line for the user */
export function say(text) {
  process.stdout.write(`${text}\n`)
}

/** @param {string} name e.g. `install` @returns {string} the file for a step's full output */
export function logFile(name) {
  return join(CACHE, `${name}.log`)
}

/**
 * Runs a program without showing its output.
 * @param {string} command @param {string[]} args
 * @param {{ log?: string, env?: Record<string, string | undefined>, onLine?: (line: string) => void }} [options]
 *   `log`: the file to write the output to; `onLine` is called with each line
 * @returns {Promise<{ code: number, output: string }>} code 127 if the program does not exist
 */
export async function runQuietly(command, args, { log, env = process.env, onLine } = {}) {
  if (log) mkdirSync(dirname(log), { recursive: true })
  const file = log && createWriteStream(log)
  let output = ''
  let line = ''
  const hear = chunk => {
    output += chunk
    if (file) file.write(chunk)
    const lines = (line + chunk).split(/\r?\n/)
    line = lines.pop() ?? ''
    if (onLine) lines.forEach(onLine)
  }
  const code = await finish(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }, hear)
  if (file) await new Promise(resolve => file.end(resolve))
  return { code, output }
}

/**
 * Runs a program that prints to the terminal.
 * @param {string} command @param {string[]} args @param {Record<string, string | undefined>} [env]
 * @returns {Promise<number>} its exit code; 127 if the program does not exist
 */
export function runInSight(command, args, env = process.env) {
  return finish(command, args, { env, stdio: 'inherit' })
}

/** The exit code that a shell reports for a program that Ctrl-C ended. */
const INTERRUPTED = 130

/** @returns {Promise<number>} A signal to this process is passed on; when the program has ended, this process ends too. */
function finish(command, args, options, hear = _chunk => {}) {
  return new Promise(resolve => {
    // On Windows npx is a .cmd file, which only a shell can start; none of our arguments needs quoting.
    const shell = process.platform === 'win32' && command === 'npx'
    const child = spawn(command, args, { cwd: ROOT, shell, ...options })
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    let interrupted = false
    const passOn = signal => {
      interrupted = true
      child.kill(signal)
    }
    process.once('SIGINT', passOn).once('SIGTERM', passOn)
    const end = code => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn)
      if (interrupted) process.exit(INTERRUPTED)
      resolve(code)
    }
    child.once('error', error => {
      hear(`${error.message}\n`)
      end(127)
    })
    child.once('close', code => end(code ?? 1))
  })
}

/** @param {string} name of a package installed at the root @param {string} script inside it @returns {string} */
export function tool(name, script) {
  return join(ROOT, 'node_modules', name, script)
}

/** @param {string} path deleted with everything in it, if it exists */
export function remove(path) {
  rmSync(path, { recursive: true, force: true })
}
