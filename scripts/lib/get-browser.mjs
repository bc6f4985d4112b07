/** Gets Playwright a browser that starts, from the nearest place that has one, and says what it does meanwhile. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { browsersOnThisMachine, playwrightHasItsOwn, whyItDoesNotStart } from './browser.mjs'
import { logFile, runQuietly, say } from './run.mjs'
import { ROOT, shown } from './workspace.mjs'

/**
 * @returns {Promise<{ executablePath: string | undefined } | undefined>} `executablePath` undefined: Playwright's own;
 *   undefined: none could be had, and the person has been told what to do
 */
export async function getBrowser() {
  const browser =
    (await playwrightsOwn()) ?? (await oneOnThisMachine()) ?? (await fromPlaywright()) ?? (await fromDebian())
  if (!browser) {
    say('No browser could be had. Install Chrome or Chromium, or set CHROME_PATH to one, then try again.')
  }
  return browser
}

async function playwrightsOwn() {
  return playwrightHasItsOwn() ? whenItStarts(undefined, 'Playwright’s own Chromium') : undefined
}

async function oneOnThisMachine() {
  for (const path of browsersOnThisMachine()) {
    const found = await whenItStarts(path, path)
    if (found) return found
  }
  return undefined
}

async function fromPlaywright() {
  say('Downloading Chromium for Playwright …')
  const log = logFile('playwright-install')
  const cli = join(ROOT, 'e2e/node_modules/@playwright/test/cli.js')
  const { code } = await runQuietly(process.execPath, [cli, 'install', 'chromium'], { log })
  if (code === 0) return playwrightsOwn()
  say(`That failed (all that it said: ${shown(log)}).`)
  return undefined
}

async function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  say('Installing Debian’s package chromium (apt-get, a minute or two) …')
  const log = logFile('apt-get')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const updated = await runQuietly('apt-get', ['update'], { log, env })
  const installed = await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { log, env })
  if (updated.code === 0 && installed.code === 0) return oneOnThisMachine()
  say(`That failed (all that it said: ${shown(log)}).`)
  return undefined
}

/** A browser that is there need not start: a library may be missing, or it is a stand-in that only names a package. */
async function whenItStarts(executablePath, name) {
  const why = await whyItDoesNotStart(executablePath)
  say(why ? `${name} does not start: ${why}` : `Browser: ${name}`)
  return why ? undefined : { executablePath }
}
