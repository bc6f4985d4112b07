/** What something costs: CPU time, in the milliseconds of the machine on which the limits were set. */
import { createHash } from 'node:crypto'

/** Anything may be slow once, for example during garbage collection; what is really slow is slow every time. */
const TRIES = 8

/** What the yardstick takes on that machine, if nothing else runs there. */
const USUAL_MS = 4

/**
 * @param enough in milliseconds; a try that costs less is the last
 * @returns milliseconds of CPU time of this process, the least of several tries. On a machine that is slower, or whose cores
 *   other programs share, everything takes longer; how much longer is measured at the same time, and taken out
 */
export async function costOf(work: () => unknown, enough = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least > enough; tries++) {
    const ms = await cpuTime(work)
    least = Math.min(least, ms > enough ? ms / (await slowness()) : ms)
  }
  return least
}

async function cpuTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** How many times as long this machine takes at this moment as that on which the limits were set; 1 if it is faster. */
export async function slowness(): Promise<number> {
  const times = [await cpuTime(yardstick), await cpuTime(yardstick), await cpuTime(yardstick)]
  const [, middle = USUAL_MS] = times.toSorted((one, other) => one - other)
  return Math.max(1, middle / USUAL_MS)
}

const TEXT = JSON.stringify(Array.from({ length: 400 }, (_value, n) => ({ id: n, name: `event ${(n * 7919) % 400}` })))

/** A bit of what services do: read and write JSON, compare, hash. */
function yardstick(): void {
  for (let round = 0; round < 8; round++) {
    const events = JSON.parse(TEXT) as { id: number; name: string }[]
    const sorted = events.toSorted((one, other) => (one.name < other.name ? -1 : 1))
    const found = new Map(sorted.map(event => [event.name.toUpperCase(), { ...event, length: event.name.length }]))
    createHash('sha256')
      .update(JSON.stringify([...found.values()]))
      .digest()
  }
}

// The first calls are compiled.
for (let call = 0; call < 10; call++) yardstick()
