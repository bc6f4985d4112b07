/**
 * `node scripts/backup.mjs FOLDER`: copies the SQLite files in DATA_DIR to FOLDER while the services work. Each copy is the
 * file as it was at one moment, with everything that was committed by then. docs/operations.md says how to restore them.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { withEnvFile } from './lib/env-file.mjs'
import { Refusal, runScript } from './lib/refusal.mjs'
import { say } from './lib/run.mjs'
import { ROOT } from './lib/workspace.mjs'

const DATA_FILE = /^(auth-server|calendar-api|client-app)\.sqlite$/

runScript(async () => {
  const [folder, ...rest] = process.argv.slice(2)
  if (!folder || rest.length > 0) throw new Refusal('Name one folder to copy to: node scripts/backup.mjs FOLDER')
  const env = withEnvFile(process.env)
  if (env.DATABASE_URL) {
    throw new Refusal('DATABASE_URL is set, so the data is in PostgreSQL. Use pg_dump; docs/operations.md shows how.')
  }
  const dataDir = resolve(ROOT, env.DATA_DIR || '.data')
  const files = existsSync(dataDir) ? readdirSync(dataDir).filter(name => DATA_FILE.test(name)) : []
  if (files.length === 0) throw new Refusal(`${dataDir} holds no data to copy. Set DATA_DIR to the folder that does.`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const taken = files.find(name => existsSync(join(folder, name)))
  if (taken) throw new Refusal(`${join(folder, taken)} exists. Name a new folder; a backup is never overwritten.`)
  const Database = createRequire(join(ROOT, 'packages/shared/package.json'))('better-sqlite3')
  for (const name of files) {
    const source = new Database(join(dataDir, name), { fileMustExist: true })
    try {
      await source.backup(join(folder, name))
    } finally {
      source.close()
    }
    say(`Copied ${name}.`)
  }
  return 0
})
