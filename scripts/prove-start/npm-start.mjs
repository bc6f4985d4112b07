/** Runs `npm start` as a child process, and checks what is left of it. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { isFree } from '../lib/ports.mjs'
import { delay, until } from '../lib/wait.mjs'
import { ROOT } from '../lib/workspace.mjs'

/** Runs `npm start` in its own process group, as a shell does. Ctrl-C sends a signal to the whole group. */
export function npmStart(env, args = []) {
  const child = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'close')
  const { pid } = child
  assert.ok(pid, 'npm was not found')
  process.once('exit', () => groupLives(pid) && process.kill(-pid, 'SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      output += chunk
    })
  }
  return {
    pid,
    output: () => output,
    signalAll: signal => process.kill(-pid, signal),
    signalNpm: signal => process.kill(pid, signal),
    async ready(withinS) {
      const line = await until(
        () => /Ready after ([\d.]+) s: open (\S+)/.exec(output) ?? (child.exitCode === null ? undefined : 'ended'),
        withinS,
        'npm start is not ready',
      )
      assert.notEqual(line, 'ended', 'npm start ended before it was ready')
      return { seconds: Number(line[1]), url: line[2] }
    },
    async exitCode(withinS) {
      await Promise.race([gone, delay(withinS * 1000)])
      assert.notEqual(child.exitCode ?? child.signalCode, null, `npm start is still running after ${withinS} s`)
      return child.exitCode ?? child.signalCode
    },
  }
}

/** @param {{ pid: number }} ended an `npm start` @param {number[]} ports its services' @param {number} withinS */
export async function assertNothingLeft({ pid }, ports, withinS) {
  await until(() => !groupLives(pid), withinS, 'a process is left')
  for (const port of ports) assert.ok(await isFree(port), `port ${port} is still in use`)
}

function groupLives(pid) {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

/** @returns {number} the id of the process, in npm's group, that runs the service */
export function serviceProcess(group, folder) {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' })
  const line = all
    .split('\n')
    .find(text => text.includes(`apps/${folder}/dist/main.js`) && text.trim().split(/\s+/)[1] === String(group))
  assert.ok(line, `no process of ${folder}`)
  return Number(line.trim().split(/\s+/)[0])
}
