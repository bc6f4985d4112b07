/** Measures contestants in turn, and compares them round by round: what disturbs one round disturbs all of them. */

/** @typedef {import('./loader.mjs').Measured} Measured */
/** @typedef {{ name: string, contestant: import('./workloads.mjs').Contestant, servers: import('./programs.mjs').Program[], all: import('./programs.mjs').Program[] }} Entry
 *   `servers` do the work that is measured; `all` must run while it is done */
/** @typedef {Map<string, Measured[]>} Results by name, a round each */

/** The first time, the compiler needs longer. */
const FIRST_WARM = 4

/**
 * @param {import('./loader.mjs').Loader} loader @param {string} workload @param {Entry[]} entries
 * @param {{ rounds: number, seconds: number, warm: number, users: number }} options
 * @returns {Promise<Results>}
 */
export async function measureInTurn(loader, workload, entries, { rounds, seconds, warm, users }) {
  /** @type {Results} */
  const results = new Map(entries.map(({ name }) => [name, []]))
  for (const program of programsOf(entries)) program.hold()
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, contestant, servers, all } of turned(entries, round)) {
      for (const program of all) program.go()
      const job = { workload, contestant, users, warm: round === 0 ? warm * FIRST_WARM : warm, seconds }
      const figures = await loader.run(job, servers).catch(error => {
        throw new Error(`${workload}, ${name}: ${error.message}`)
      })
      results.get(name)?.push(figures)
      for (const program of all) program.hold()
    }
  }
  for (const program of programsOf(entries)) program.go()
  return results
}

/** @param {Entry[]} entries */
function programsOf(entries) {
  return new Set(entries.flatMap(({ all }) => all))
}

/** A B C, B C A, C A B. */
function turned(entries, by) {
  return entries.map((_entry, index) => entries[(index + by) % entries.length])
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** @param {Measured[]} rounds @param {Measured[]} others of another contestant @returns how many times as many calls a second */
export function ratio(rounds, others) {
  const each = rounds.map((round, index) => perSecond(round) / perSecond(others[index]))
  return { median: median(each), least: Math.min(...each), most: Math.max(...each) }
}

/** @param {Measured} figures */
export function perSecond({ calls, seconds }) {
  return calls / seconds
}
