/** Runs several programs as one: when one of them ends, or a signal arrives, all of them are stopped. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { styleText } from 'node:util'
import { readable } from './log-line.mjs'
import { say } from './run.mjs'
import { ROOT } from './workspace.mjs'

/** A service finishes its requests for up to 3 s before it ends. A program that is still running after this time is killed. */
const KILL_AFTER_MS = 8_000

const LOOK_FOR_PARENT_EVERY_MS = 250

const COLOURS = /** @type {const} */ (['cyan', 'magenta', 'yellow', 'gray'])

/**
 * @typedef {object} Program
 * @property {string} name printed before each of its lines
 * @property {string[]} command the program and its arguments; paths may be relative to ROOT
 *
 * @typedef {object} Ending
 * @property {string} name of the program @property {string | number} exitCode or the signal that ended it
 * @property {string | undefined} lastWords the last error that it logged, if any
 *
 * @typedef {object} Together
 * @property {Promise<{ bySignal: boolean, endings: Ending[] }>} ended settles when all have ended; the endings are in
 *   the order of time
 * @property {() => void} stop sends all of them SIGTERM
 */

/** @param {Program[]} programs @param {Record<string, string | undefined>} env @returns {Together} */
export function runTogether(programs, env) {
  // Loaded late, because this file is imported before the install.
  const { createConcurrently } = createRequire(import.meta.url)('concurrently')
  const { commands, result } = createConcurrently(
    programs.map(({ name, command }) => ({ name, command: JSON.stringify(command), cwd: ROOT, env })),
    {
      controllers: [],
      // Without a shell in between, signals reach the program itself.
      spawn: (command, options) => {
        const [file, ...args] = JSON.parse(command)
        return spawn(file, args, options)
      },
      kill: (pid, signal) => process.kill(pid, signal),
    },
  )

  let stopping = false
  let bySignal = false
  const killAll = signal => {
    for (const command of commands) if (!command.exited && command.pid) killOne(command, signal)
  }
  const stop = () => {
    if (stopping) return
    stopping = true
    killAll('SIGTERM')
    setTimeout(killAll, KILL_AFTER_MS, 'SIGKILL').unref()
  }
  const onSignal = () => {
    bySignal ||= !stopping
    stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
  onParentGone(onSignal)
  process.stdout.on('error', () => {}) // after the terminal is closed, the programs must still be stopped

  const endings = []
  const width = Math.max(...programs.map(({ name }) => name.length))
  for (const [index, command] of commands.entries()) {
    const prefix = styleText(COLOURS[index % COLOURS.length], `${command.name.padEnd(width)} │ `)
    let lastWords
    const hear = byLine(line => {
      const { text, isError } = readable(line)
      if (isError) lastWords = text
      say((process.stdout.isTTY ? prefix : `${command.name}: `) + text)
    })
    command.stdout.subscribe(hear)
    command.stderr.subscribe(hear)
    command.error.subscribe(error => hear(`${error}\n`))
    command.close.subscribe(({ exitCode }) => {
      endings.push({ name: command.name, exitCode, lastWords })
      stop()
    })
  }
  const ended = result.catch(() => {}).then(() => ({ bySignal, endings }))
  return { ended, stop }
}

/** If npm is killed with SIGKILL, it passes no signal on, but this process gets another parent. */
function onParentGone(listener) {
  const parent = process.ppid
  if (!process.env.npm_lifecycle_event) return
  setInterval(() => process.ppid !== parent && listener(), LOOK_FOR_PARENT_EVERY_MS).unref()
}

function killOne(command, signal) {
  try {
    command.kill(signal)
  } catch {
    // It has ended in the meantime.
  }
}

/** @param {(line: string) => void} onLine @returns {(chunk: Buffer | string) => void} */
function byLine(onLine) {
  let rest = ''
  return chunk => {
    const lines = (rest + chunk).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim()) onLine(line)
  }
}
