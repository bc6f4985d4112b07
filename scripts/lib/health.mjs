/** Waits until the services can answer. */
import { reachableHost } from './cast.mjs'
import { Refusal } from './refusal.mjs'

const ASK_EVERY_MS = 50
const READY_WITHIN_MS = 60_000

/**
 * @param {import('./cast.mjs').Member[]} cast @param {Record<string, string | undefined>} env
 * @param {AbortSignal} signal gives up waiting
 * @throws {Refusal} naming the service that did not answer 200 at /healthz in time
 */
export async function waitUntilHealthy(cast, env, signal) {
  const deadline = Date.now() + READY_WITHIN_MS
  await Promise.all(
    cast.map(async ({ name, port }) => {
      const url = `http://${reachableHost(env)}:${port}/healthz`
      while (!(await isHealthy(url)) && !signal.aborted) {
        if (Date.now() > deadline)
          throw new Refusal(`${name} did not answer at ${url} within ${READY_WITHIN_MS / 1000} s.`)
        await new Promise(resolve => setTimeout(resolve, ASK_EVERY_MS))
      }
    }),
  )
}

async function isHealthy(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}
