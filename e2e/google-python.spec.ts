/**
 * Google's own client for Python, told only where our two services are (docs/google.md). What it does is in
 * support/google_calendar.py; what it has to get is here. alice has a simple browser.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { registerGoogleApp } from './support/google-app'
import { aliceAllows, CALLBACK } from './support/mcp-app'
import { expect, test } from './support/test'

const PROGRAM = join(__dirname, 'support/google_calendar.py')

// Python's packages are the machine's, not this repository's: `pip install google-api-python-client google-auth-oauthlib`.
if (isInstalled()) {
  test('google-api-python-client can sign in, and list, insert, patch, move, delete and sync events', async ({
    stack,
  }) => {
    const { client_id, client_secret } = await registerGoogleApp(stack)
    const python = spawn('python3', [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] })
    const steps = stepsOf(python)
    const tell = (line: string) => python.stdin.write(`${line}\n`)
    try {
      const client = { client_id, client_secret }
      const { authServer: auth_server, calendarApi: calendar_api } = stack
      tell(JSON.stringify({ client, auth_server, calendar_api, redirect_uri: CALLBACK }))
      const { authorization_url } = await steps.next()
      tell(String(await aliceAllows(stack, String(authorization_url))))

      expect(await steps.next()).toEqual({
        calendars: [
          [false, true, 'owner'],
          [true, null, 'owner'],
        ],
      })
      expect(await steps.next()).toEqual({ pages: [['Flight', 'Breakfast', 'Breakfast'], ['Breakfast']] })
      expect(await steps.next()).toEqual({ changed: [['Flight', 'Schiphol']] })
      expect(await steps.next()).toEqual({ refresh_tokens: 3 })
      expect(await steps.next()).toEqual({ moved: [[true, 'cancelled']] })
      expect(await steps.next()).toEqual({ deleted: [404, 'notFound'] })
      expect(await steps.next()).toEqual({ elsewhere: [410, 'fullSyncRequired'] })
      expect(await steps.next()).toEqual({ busy: 3 })
      expect(await steps.end).toBe(0)
    } finally {
      python.kill()
    }
  })
}

/** Version 2 brings the descriptions of Google's APIs along; version 1 downloads them. */
function isInstalled(): boolean {
  const program =
    'from importlib.metadata import version; import google_auth_oauthlib; print(version("google-api-python-client"))'
  try {
    const version = execFileSync('python3', ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number.parseInt(version, 10) >= 2
  } catch {
    return false
  }
}

/** @returns what the program tells, one step after the other, and its exit code. A program that fails says why. */
function stepsOf(python: ChildProcess) {
  let trouble = ''
  python.stderr?.on('data', chunk => {
    trouble += chunk
  })
  const end = new Promise<number | null>(resolve => {
    python.once('close', resolve)
    python.once('error', () => resolve(null))
  })
  const lines = python.stdout ? createInterface({ input: python.stdout })[Symbol.asyncIterator]() : undefined
  async function next(): Promise<Record<string, unknown>> {
    const line = await lines?.next()
    if (line && !line.done) return JSON.parse(line.value)
    await end
    throw new Error(`${PROGRAM} ended: ${trouble}`)
  }
  return { next, end }
}
