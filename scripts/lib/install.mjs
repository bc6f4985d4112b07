/** Brings node_modules up to what the lock file says, with the pnpm that package.json pins, and nothing but npm. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { explainInstallFailure } from './install-failure.mjs'
import { Refusal } from './refusal.mjs'
import { logFile, remove, runQuietly, say } from './run.mjs'
import { CACHE, packageFolders, packageManager, ROOT, shown } from './workspace.mjs'

const MARK = join(CACHE, 'installed')

/** Does nothing when nothing has changed since the last time. @throws {Refusal} in one line when it cannot be done */
export async function install() {
  const wanted = fingerprint()
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted && isWhole()) return
  remove(MARK)
  say('Installing dependencies (the first time takes a minute or two) …')
  const log = logFile('install')
  const args = ['--yes', packageManager(), 'install', '--frozen-lockfile', '--reporter=append-only']
  const { code, output } = await runQuietly('npx', args, { log, env: installEnvironment(), onLine: progress() })
  if (code !== 0) throw new Refusal(`${explainInstallFailure(output)} (All that it said: ${shown(log)})`)
  mkdirSync(dirname(MARK), { recursive: true })
  writeFileSync(MARK, wanted)
}

/** What an install depends on. A native module built for one Node, or one machine, does not load in another. */
function fingerprint() {
  const hash = createHash('sha256').update([process.version, process.platform, process.arch].join())
  const files = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...packageFolders().map(folder => join(folder, 'package.json')),
  ]
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}

function isWhole() {
  return packageFolders().every(folder => existsSync(join(ROOT, folder, 'node_modules')))
}

function installEnvironment() {
  /** @type {NodeJS.ProcessEnv} CI: pnpm asks nobody anything. */
  const env = { ...process.env, CI: 'true' }
  // node-gyp downloads Node's headers unless it is told where they are; most packages of Node bring them.
  const prefix = resolve(dirname(process.execPath), '..')
  if (!env.npm_config_nodedir && existsSync(join(prefix, 'include/node/node.h'))) env.npm_config_nodedir = prefix
  return env
}

const REPEAT_AFTER_MS = 5_000

/** @returns {(line: string) => void} passes on what pnpm says of its progress, now and then */
function progress() {
  let last = Date.now()
  return line => {
    const counts = /^Progress: .*?(\d+), reused (\d+), downloaded (\d+)/.exec(line)
    if (counts && (Date.now() - last > REPEAT_AFTER_MS || line.endsWith('done'))) {
      last = Date.now()
      say(`  ${Number(counts[2]) + Number(counts[3])} of ${counts[1]} packages`)
    }
    if (/better-sqlite3 install: gyp info using node@/.test(line)) {
      say('  compiling better-sqlite3, for which no prebuilt binary could be had (about a minute)')
    }
  }
}
