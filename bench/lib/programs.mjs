/** The servers that a run has started: held still while another is measured, and stopped at the end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../scripts/lib/wait.mjs'
import { ROOT } from '../../scripts/lib/workspace.mjs'

const PROBE = join(import.meta.dirname, 'probe.mjs')
const READY_WITHIN_S = 60
const STOP_WITHIN_MS = 10_000

/** @typedef {{ cpuMs: number, rssMb: number }} Usage */

/** @type {Set<Program>} */
const running = new Set()

export class Program {
  /**
   * @param {{ name: string, args: string[], env: Record<string, string | undefined>, log: string, url: string }} options
   *   `url`: where it answers 200 once it is ready; `log`: the file for its output
   */
  static async start({ name, args, env, log, url }) {
    const file = openSync(log, 'a')
    const child = spawn(process.execPath, ['--import', PROBE, ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', file, file, 'ipc'],
    })
    closeSync(file)
    const program = new Program(name, child)
    running.add(program)
    const isReady = async () => {
      if (child.exitCode !== null)
        throw new Error(`${name} ended with ${child.exitCode} before it answered; see ${log}`)
      return fetch(url).then(
        response => response.ok,
        () => false,
      )
    }
    await until(isReady, READY_WITHIN_S, `${name} does not answer at ${url}; see ${log}`)
    return program
  }

  /** @param {string} name @param {import('node:child_process').ChildProcess} child */
  constructor(name, child) {
    this.name = name
    this.child = child
  }

  hold() {
    this.child.kill('SIGSTOP')
  }

  go() {
    this.child.kill('SIGCONT')
  }

  /** @returns {Promise<Usage>} since its start; the CPU time is that of all its threads */
  usage() {
    return this.ask('usage')
  }

  /** @returns {Promise<any>} the answer of probe.mjs, inside the program */
  async ask(question) {
    const message = once(this.child, 'message')
    this.child.send(question)
    const [{ answer }] = await message
    return answer
  }

  async stop() {
    running.delete(this)
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.go()
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS)
    await gone
    clearTimeout(timer)
  }
}

export async function stopAll() {
  await Promise.all([...running].map(program => program.stop()))
}

process.once('exit', () => {
  for (const { child } of running) child.kill('SIGKILL')
})
