/**
 * Starts `npm start`, or a single service, as a program on a machine with some problem. It works, or it ends with exit
 * code 1 and one line that says what is wrong and what to do.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

let folder: string
let dataDir: string
let ports: number[]
const running = new Set<ChildProcess>()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glasshouse-trouble-'))
  dataDir = join(folder, 'data')
  ports = await freePorts(4)
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all([...running].map(child => once(child, 'close')))
  rmSync(folder, { recursive: true, force: true })
})

/** The environment of a service, with its own ports and data. */
function environment(): Record<string, string> {
  const [tripmate, accounts, calendar, lab] = ports.map(port => `http://localhost:${port}`)
  const secret = () => randomBytes(32).toString('base64url')
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    ENV_FILE: '',
    DATA_DIR: dataDir,
    CLIENT_APP_URL: tripmate,
    AUTH_SERVER_URL: accounts,
    CALENDAR_API_URL: calendar,
    LAB_URL: lab,
    SESSION_SECRET: secret(),
    TRIPMATE_SESSION_SECRET: secret(),
    TRIPMATE_CLIENT_SECRET: secret(),
    TRIPMATE_ENCRYPTION_KEY: secret(),
    CALENDAR_API_SECRET: secret(),
  }
}

function run(script: string, changes: Record<string, string> = {}, args: string[] = []) {
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    env: { ...environment(), ...changes },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      output += chunk
    })
  }
  const closed = once(child, 'close')
  return {
    child,
    /** Resolves when the program has printed this; rejects if it ends before. */
    said: (words: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => output.includes(words) && resolve()
        child.stdout.on('data', look)
        closed.then(() => reject(new Error(`ended before it said "${words}":\n${output}`)))
        look()
      }),
    async ending(): Promise<{ code: number | null; lines: string[] }> {
      const [code] = await closed
      return { code, lines: output.trim().split('\n').map(words) }
    },
  }
}

/** A line as the terminal shows it: the message of a log line, or the line itself. */
function words(line: string): string {
  return line.startsWith('{') ? JSON.parse(line).msg : line
}

const npmStart = (changes?: Record<string, string>, args?: string[]) => run('scripts/start.mjs', changes, args)
const service = (name: string, changes?: Record<string, string>) => run(`apps/${name}/dist/main.js`, changes)
const SERVICES = ['auth-server', 'calendar-api', 'client-app']

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen('127.0.0.1')))
  const found = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return found
}

async function listen(host: string, port = 0) {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

describe('data that a running service uses', () => {
  test.each([[[]], [['--reset']]])(
    'npm start %j on other ports is refused, and does not touch the data',
    async args => {
      const first = service('auth-server')
      await first.said('listening')
      const files = readdirSync(dataDir)
      ports = await freePorts(4)
      const { code, lines } = await npmStart({}, args).ending()
      expect([code, lines.at(-1)]).toEqual([
        1,
        `The data of auth-server in ${dataDir} is in use by process ${first.child.pid}. Stop that process first (perhaps another "npm start"), or set DATA_DIR to another folder.`,
      ])
      expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(files))
      first.child.kill('SIGTERM')
      expect((await first.ending()).code).toBe(0)
    },
  )

  test.each(SERVICES)('a second %s is refused', async name => {
    const first = service(name)
    await first.said('listening')
    ports = await freePorts(4)
    const { code, lines } = await service(name).ending()
    expect([code, lines]).toEqual([1, [expect.stringContaining(`in use by process ${first.child.pid}.`)]])
  })

  test('is free again as soon as that service has been killed', async () => {
    const first = service('client-app')
    await first.said('listening')
    first.child.kill('SIGKILL')
    await first.ending()
    await service('client-app').said('listening')
  })
})

describe('npm start', () => {
  test('names a DATA_DIR that is a file', async () => {
    writeFileSync(dataDir, '')
    expect(await npmStart().ending()).toEqual({
      code: 1,
      lines: [`DATA_DIR=${dataDir} is a file or inside a file, not a folder. Set DATA_DIR to another folder.`],
    })
  })

  test('names a settings file that is a folder, before doing anything else', async () => {
    const { code, lines } = await npmStart({ ENV_FILE: folder }).ending()
    expect([code, lines]).toEqual([1, [expect.stringContaining(`${folder} is not a regular file. Move it away`)]])
    expect(existsSync(dataDir)).toBe(false)
  })

  test('names a HOST that is not an address of this machine', async () => {
    const { code, lines } = await npmStart({ HOST: '192.0.2.1' }).ending()
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^HOST=192\.0\.2\.1 is not an address of this machine/)]])
  })

  test('repeats the error of a service that cannot start, and stops the others', async () => {
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'calendar-api.sqlite'), 'not a database '.repeat(1000))
    const { code, lines } = await npmStart().ending()
    expect(code).toBe(1)
    expect(lines.at(-1)).toMatch(
      /^Calendar ended \(exit code 1\), so the others were stopped\. Its last error: \S+calendar-api\.sqlite is damaged, .* Restore/,
    )
    for (const port of ports) (await listen('127.0.0.1', port)).close()
  })
})

describe('a service alone', () => {
  test.each(['::1', '[::1]'])('listens on HOST=%s', async HOST => {
    await service('calendar-api', { HOST }).said('listening')
    expect((await fetch(`http://[::1]:${ports[2]}/healthz`)).status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${ports[2]}/healthz`)).rejects.toThrow()
  })

  test.each([
    ['HOST', 'http://localhost', /^HOST=http:\/\/localhost is not an address to listen on/],
    ['HOST', '192.0.2.1', /^HOST=192\.0\.2\.1 is not an address of this machine \(EADDRNOTAVAIL\)/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL=loud is not one of silent, error/],
    ['DATABASE_URL', 'mysql://localhost', /^DATABASE_URL must begin with postgres:\/\//],
    ['DATABASE_URL', 'postgres://x@db.invalid/y', /^Cannot reach PostgreSQL at db\.invalid\/y \(E[A-Z_]+\)\. Start/],
    ['ENV_FILE', '/', /^\/ is not a regular file/],
  ])('with %s=%s ends with one line', async (name, value, line) => {
    const { code, lines } = await service('auth-server', { [name]: value }).ending()
    expect([code, lines]).toEqual([1, [expect.stringMatching(line)]])
  })

  test('says why it cannot start, even with LOG_LEVEL=silent', async () => {
    const { code, lines } = await service('auth-server', { LOG_LEVEL: 'silent', HOST: 'a:1' }).ending()
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^HOST=a:1 is not an address/)]])
  })

  test('reads settings after a byte order mark', async () => {
    const ENV_FILE = join(folder, 'settings')
    writeFileSync(ENV_FILE, '\uFEFFACCESS_TOKEN_TTL=soon\r\n')
    const { code, lines } = await service('auth-server', { ENV_FILE }).ending()
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^ACCESS_TOKEN_TTL=soon is not a whole number/)]])
  })
})
