/** Brings node_modules up to what the lock file says, with the pnpm that package.json pins, and nothing but npm. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { explainInstallFailure } from './install-failure.mjs'
import { Refusal } from './refusal.mjs'
import { logFile, remove, runQuietly, say } from './run.mjs'
import { CACHE, packageFolders, packageManager, ROOT, shown } from './workspace.mjs'
import { requireWritable } from './writable.mjs'

const MARK = join(CACHE, 'installed')

/** Does nothing when nothing has changed since the last time. @throws {Refusal} in one line when it cannot be done */
export async function install() {
  const wanted = fingerprint()
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted && isWhole() && (await nativeModuleLoads())) return
  const folders = packageFolders().map(folder => join(ROOT, folder, 'node_modules'))
  requireWritable(folders, `Dependencies have to be installed for Node ${process.version}`)
  remove(MARK)
  say('Installing dependencies (the first time takes a minute or two) …')
  await pnpm('install', '--frozen-lockfile')
  // pnpm sees that the module is built. It does not see for which Node.
  if (!(await nativeModuleLoads())) await pnpm('rebuild', NATIVE_MODULE)
  mkdirSync(dirname(MARK), { recursive: true })
  writeFileSync(MARK, wanted)
}

/** @param {string[]} command @throws {Refusal} */
async function pnpm(...command) {
  const log = logFile('install')
  const args = ['--yes', packageManager(), ...command, '--reporter=append-only']
  const { code, output } = await runQuietly('npx', args, { log, env: installEnvironment(), onLine: progress() })
  if (code !== 0) throw new Refusal(`${explainInstallFailure(output, ROOT)} (All that it said: ${shown(log)})`)
}

const NATIVE_MODULE = 'better-sqlite3'
const LOAD = `new (require('node:module').createRequire(process.argv[1])('${NATIVE_MODULE}'))(':memory:')`

/** @returns {Promise<boolean>} whether this Node can load the one module that is compiled for a Node version */
async function nativeModuleLoads() {
  const { code } = await runQuietly(process.execPath, ['-e', LOAD, join(ROOT, 'packages/shared/package.json')])
  return code === 0
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
  const bin = dirname(process.execPath)
  /** @type {NodeJS.ProcessEnv} CI: pnpm asks nobody anything. PATH: what is compiled is compiled for this Node. */
  const env = { ...process.env, CI: 'true', PATH: [bin, process.env.PATH].join(delimiter) }
  // node-gyp downloads Node's headers unless it is told where they are; most packages of Node bring them. Those of
  // another version, which an npmrc may name, would make a module that does not load.
  const candidates = [env.npm_config_nodedir, resolve(bin, '..')]
  env.npm_config_nodedir = candidates.find(folder => folder && hasHeaders(folder)) ?? ''
  if (process.versions.node.startsWith('24.') && process.platform !== 'win32') {
    env.CXXFLAGS = `-include ${join(ROOT, 'scripts/lib/object-wrap.h')} ${env.CXXFLAGS ?? ''}`
  }
  return env
}

/** @param {string} folder @returns {boolean} whether it holds the headers of this Node */
function hasHeaders(folder) {
  const file = join(folder, 'include/node/node_version.h')
  const version = existsSync(file) && /NODE_MODULE_VERSION (\d+)/.exec(readFileSync(file, 'utf8'))?.[1]
  return version === process.versions.modules
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
      say(`  compiling ${NATIVE_MODULE}, for which no prebuilt binary could be had (about a minute)`)
    }
  }
}
