/**
 * The client, in a process of its own: a closed loop, one connection for each virtual user. A job comes in by message; its
 * figures go back the same way. One wrong answer makes the job fail.
 */
import { performance } from 'node:perf_hooks'
import { WORKLOADS } from './workloads.mjs'

/** @typedef {{ workload: string, contestant: import('./workloads.mjs').Contestant, users: number, warm: number, seconds: number, calls?: number }} Job */
/** @typedef {{ calls: number, seconds: number, p50: number, p99: number }} Figures times of one call in milliseconds */

process.on('message', async (/** @type {Job} */ job) => {
  try {
    process.send?.({ figures: await run(job) })
  } catch (error) {
    process.send?.({ error: String(error?.message ?? error) })
  }
})
process.on('disconnect', () => process.exit())

/** @param {Job} job @returns {Promise<Figures>} */
async function run({ workload, contestant, users: count, warm, seconds, calls = Number.POSITIVE_INFINITY }) {
  const { start, batch } = WORKLOADS[workload]
  const users = await Promise.all(Array.from({ length: count }, (_, index) => start(contestant, index)))
  try {
    if (batch) return await inBatches(users, batch, warm, seconds)
    if (warm > 0) await continuously(users, warm, calls)
    process.send?.('measuring')
    const figures = await continuously(users, seconds, calls)
    process.send?.('paused')
    return figures
  } finally {
    for (const user of users) user.close()
  }
}

/** @param {import('./workloads.mjs').User[]} users @param {number} seconds @param {number} most calls at most */
async function continuously(users, seconds, most) {
  /** @type {number[]} */
  const times = []
  let left = most
  const began = performance.now()
  const until = began + seconds * 1000
  await Promise.all(
    users.map(async user => {
      while (performance.now() < until && left > 0) {
        left -= 1
        times.push(await timed(user.call))
      }
    }),
  )
  return summary(times, performance.now() - began)
}

/** For calls that need something new each time, such as a token to revoke: it is made while the clock stands still. */
async function inBatches(users, size, warm, seconds) {
  /** @type {number[]} */
  const times = []
  let elapsed = 0
  for (let round = warm > 0 ? -1 : 0; elapsed < seconds * 1000; round += 1) {
    const each = Math.ceil(size / users.length)
    await Promise.all(users.map(user => user.prepare(each)))
    if (round >= 0) process.send?.('measuring')
    const began = performance.now()
    const found = await Promise.all(
      users.map(async user => {
        const own = []
        for (let call = 0; call < each; call += 1) own.push(await timed(user.call))
        return own
      }),
    )
    if (round < 0) continue
    elapsed += performance.now() - began
    process.send?.('paused')
    times.push(...found.flat())
  }
  return summary(times, elapsed)
}

async function timed(call) {
  const began = performance.now()
  await call()
  return performance.now() - began
}

/** @param {number[]} times @param {number} elapsedMs @returns {Figures} */
function summary(times, elapsedMs) {
  const sorted = Float64Array.from(times).sort()
  const at = part => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
  return { calls: sorted.length, seconds: elapsedMs / 1000, p50: at(0.5), p99: at(0.99) }
}
