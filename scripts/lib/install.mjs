/** Installs what the lock file lists, with the pnpm version that package.json pins. Needs only npm. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { explainInstallFailure } from './install-failure.mjs'
import { Refusal } from './refusal.mjs'
import { logFile, remove, runQuietly, say } from './run.mjs'
import { CACHE, packageFolders, packageManager, ROOT, shown } from './workspace.mjs'
import { requireWritable } from './writable.mjs'

const MARK = join(CACHE, 'installed')
const BENCH_MARK = join(CACHE, 'installed-bench')

/** Does nothing if nothing has changed since the last install. @throws {Refusal} with one line that says what to do */
export async function install() {
  const wanted = fingerprint()
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted && isWhole() && (await nativeModuleLoads())) return
  const folders = packageFolders().map(folder => join(ROOT, folder, 'node_modules'))
  requireWritable(folders, `Dependencies must be installed for Node ${process.version}`)
  remove(MARK)
  say('Installing dependencies (the first time takes a minute or two) …')
  await pnpm('install', '--frozen-lockfile', '--filter=!bench')
  // pnpm checks that the module is compiled, but not for which Node version.
  if (!(await nativeModuleLoads())) await pnpm('rebuild', NATIVE_MODULE)
  mkdirSync(dirname(MARK), { recursive: true })
  writeFileSync(MARK, wanted)
}

/** Also installs the peers that `bench/` compares Glasshouse with; nothing else needs them. @throws {Refusal} */
export async function installBench() {
  await install()
  const wanted = fingerprint()
  const isInstalled = existsSync(join(ROOT, 'bench/node_modules'))
  if (isInstalled && existsSync(BENCH_MARK) && readFileSync(BENCH_MARK, 'utf8') === wanted) return
  say('Installing what only the bench needs …')
  await pnpm('install', '--frozen-lockfile', '--filter=bench')
  writeFileSync(BENCH_MARK, wanted)
}

/** @param {string[]} command @throws {Refusal} */
async function pnpm(...command) {
  const log = logFile('install')
  const args = ['--yes', packageManager(), ...command, '--reporter=append-only']
  const { code, output } = await runQuietly('npx', args, { log, env: installEnvironment(), onLine: progress() })
  if (code !== 0) throw new Refusal(`${explainInstallFailure(output, ROOT)} (Full output: ${shown(log)})`)
}

const NATIVE_MODULE = 'better-sqlite3'
const LOAD = `new (require('node:module').createRequire(process.argv[1])('${NATIVE_MODULE}'))(':memory:')`

/** @returns {Promise<boolean>} whether this Node can load the one module that is compiled for a Node version */
async function nativeModuleLoads() {
  const { code } = await runQuietly(process.execPath, ['-e', LOAD, join(ROOT, 'packages/shared/package.json')])
  return code === 0
}

/** Everything that an install depends on. A native module loads only in the Node version and on the platform that it was compiled for. */
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
  /** @type {NodeJS.ProcessEnv} CI: pnpm asks no questions. PATH: native modules are compiled for this Node. */
  const env = { ...process.env, CI: 'true', PATH: [bin, process.env.PATH].join(delimiter) }
  // node-gyp downloads Node's headers unless it is told where they are; most Node packages contain them. The headers of
  // another version, which an npmrc may name, would produce a module that does not load.
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

/** @returns {(line: string) => void} prints pnpm's progress every few seconds */
function progress() {
  let last = Date.now()
  return line => {
    const counts = /^Progress: .*?(\d+), reused (\d+), downloaded (\d+)/.exec(line)
    if (counts && (Date.now() - last > REPEAT_AFTER_MS || line.endsWith('done'))) {
      last = Date.now()
      say(`  ${Number(counts[2]) + Number(counts[3])} of ${counts[1]} packages`)
    }
    if (/better-sqlite3 install: gyp info using node@/.test(line)) {
      say(`  compiling ${NATIVE_MODULE}, because no prebuilt binary is available (about a minute)`)
    }
  }
}
