/** Runs jobs in the client's process (load.mjs) and takes the servers' CPU time meanwhile. */
import { fork } from 'node:child_process'
import { join } from 'node:path'

/** @typedef {import('./load.mjs').Job} Job */
/** @typedef {import('./programs.mjs').Program} Program */
/** @typedef {import('./load.mjs').Figures & { cpuMs: number }} Measured `cpuMs`: of the servers, for one call */

export class Loader {
  child = fork(join(import.meta.dirname, 'load.mjs'))

  /**
   * @param {Job} job @param {Program[]} servers those that do the work: their CPU time counts
   * @returns {Promise<Measured>}
   * @throws Error if an answer was wrong
   */
  async run(job, servers) {
    let cpuMs = 0
    let settled = Promise.resolve()
    /** @param {1 | -1} sign */
    const addUsage = async sign => {
      const usages = await Promise.all(servers.map(server => server.usage()))
      cpuMs += sign * usages.reduce((sum, usage) => sum + usage.cpuMs, 0)
    }
    const figures = await new Promise((resolve, reject) => {
      const onMessage = message => {
        if (message === 'measuring') settled = settled.then(() => addUsage(-1))
        else if (message === 'paused') settled = settled.then(() => addUsage(1))
        else {
          this.child.off('message', onMessage)
          if (message.error) reject(new Error(message.error))
          else resolve(message.figures)
        }
      }
      this.child.on('message', onMessage)
      this.child.send(job)
    })
    await settled
    if (figures.calls === 0) throw new Error('there was no call within the time')
    return { ...figures, cpuMs: cpuMs / figures.calls }
  }

  stop() {
    this.child.disconnect()
  }
}
