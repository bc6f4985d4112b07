/** Checks that no service uses the data, and locks it for a moment. */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { Refusal } from './refusal.mjs'
import { ROOT } from './workspace.mjs'

/**
 * Locks the data of all services, as each service does while it runs, so that no service uses what `act` deletes.
 * Needs the built code in `packages/shared/dist`.
 * @template T
 * @param {import('./cast.mjs').Member[]} cast @param {Record<string, string | undefined>} env @param {() => T} act
 * @returns {T}
 * @throws {Refusal} naming the process that uses the data, or what is wrong with DATA_DIR
 */
export function whileHoldingData(cast, env, act) {
  const { holdData } = createRequire(import.meta.url)('../../packages/shared/dist/data-lock.js')
  const dataDir = resolve(ROOT, env.DATA_DIR || '.data')
  const releases = []
  try {
    for (const { folder } of cast) {
      releases.push(holdData({ service: folder, dataDir, databaseUrl: env.DATABASE_URL || undefined }))
    }
    return act()
  } catch (error) {
    throw error.constructor.name === 'StoreTrouble' ? new Refusal(error.message) : error
  } finally {
    for (const release of releases) release()
  }
}
