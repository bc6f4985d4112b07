/** Starts built services, each in its own process. Run `tsc -b` first. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { workspaceRoot } from '../environment'

export type ServiceName = 'auth-server' | 'calendar-api' | 'client-app'

/** Secrets that are used only in tests. */
export const TEST_SECRETS = {
  SESSION_SECRET: 'session-secret-for-tests-only-0123456789',
  TRIPMATE_SESSION_SECRET: 'session-secret-for-tests-only-9876543210',
  TRIPMATE_CLIENT_SECRET: 'tripmate-secret-for-tests-only-0123456789',
  TRIPMATE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64url'),
  CALENDAR_API_SECRET: 'calendar-api-secret-for-tests-0123456789',
}

export interface BuiltService {
  url: string
  /** Whether the process is still running. */
  isRunning(): boolean
  /** What it has logged so far, one object for each line. */
  log(): Record<string, unknown>[]
  /** Freezes the process until `resume`. */
  pause(): void
  resume(): void
  /** Stops it as an operator does, with SIGTERM. @returns its exit code */
  stop(): Promise<number | null>
}

/**
 * Starts a service and waits until it listens.
 * @param env on top of `TEST_SECRETS`; no `.env` file is read
 * @throws Error with the log of a service that ended instead
 */
export async function startBuiltService(
  service: ServiceName,
  port: number,
  env: Record<string, string | undefined>,
): Promise<BuiltService> {
  const child = spawn(process.execPath, [join(workspaceRoot(), `apps/${service}/dist/main.js`)], {
    env: { PATH: process.env.PATH, ENV_FILE: '', LISTEN_PORT: String(port), ...TEST_SECRETS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const output = await listening(child)
  return {
    url: `http://127.0.0.1:${port}`,
    isRunning,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    log: () => output.join('').split('\n').filter(Boolean).map(readLogLine),
    async stop() {
      if (!isRunning()) return child.exitCode
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      return child.exitCode
    },
  }
}

/** The service says in a log line that it listens. @returns what it prints, which goes on growing */
function listening(child: ChildProcess): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => {
        output.push(String(chunk))
        if (String(chunk).includes('"msg":"listening"')) resolve(output)
      })
    }
    child.once('exit', code => reject(new Error(`it ended with ${code} before it listened\n${output.join('')}`)))
  })
}

/** A line that is not JSON was written by Node: a warning, or the error that ended the process. */
function readLogLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line)
  } catch {
    return { level: 60, msg: line }
  }
}

/** A port on which nothing listens at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
