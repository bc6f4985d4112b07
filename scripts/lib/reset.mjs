/** `--reset`: deletes the data. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Refusal } from './refusal.mjs'
import { remove } from './run.mjs'
import { ROOT } from './workspace.mjs'

/** Only files that a service created: DATA_DIR may be any folder. */
const OURS = /^(auth-server|calendar-api|client-app|lab)\.sqlite(-wal|-shm|-journal)?$/

/** @param {Record<string, string | undefined>} env @throws {Refusal} if the data is not in DATA_DIR */
export function requireResettable(env) {
  if (!env.DATABASE_URL) return
  throw new Refusal(
    '--reset deletes the SQLite files in DATA_DIR, but with DATABASE_URL the data is in PostgreSQL, which others may share. Delete it there by hand: DROP SCHEMA auth_server, calendar_api, client_app CASCADE',
  )
}

/**
 * Deletes the services' SQLite files. No service may be running on them.
 * @param {Record<string, string | undefined>} env @returns {number} how many there were
 */
export function reset(env) {
  const folder = resolve(ROOT, env.DATA_DIR || '.data')
  const files = existsSync(folder) ? readdirSync(folder).filter(name => OURS.test(name)) : []
  for (const name of files) remove(join(folder, name))
  return files.length
}
