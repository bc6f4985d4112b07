/** Waits until the services can answer. */
import { Agent, get } from 'node:http'
import { reachableHost } from './cast.mjs'
import { Refusal } from './refusal.mjs'

const ASK_EVERY_MS = 50
const ANSWER_WITHIN_MS = 2_000
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

/** Connects directly: `fetch` would use a proxy if NODE_USE_ENV_PROXY is set. */
function isHealthy(url) {
  return new Promise(resolve => {
    const request = get(url, { agent: new Agent(), timeout: ANSWER_WITHIN_MS }, response => {
      resolve(response.statusCode === 200)
      response.resume()
    })
      .on('timeout', () => request.destroy())
      .on('error', () => resolve(false))
  })
}
