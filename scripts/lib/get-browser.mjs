/** Finds Playwright a browser that starts, or installs one, and prints what it does. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { browsersOnThisMachine, playwrightHasItsOwn, whyItDoesNotStart } from './browser.mjs'
import { logFile, runQuietly, say } from './run.mjs'
import { ROOT, shown } from './workspace.mjs'

/**
 * @returns {Promise<{ executablePath: string | undefined } | undefined>} `executablePath` undefined: Playwright's own;
 *   undefined: there is none, and the user has been told what to do
 */
export async function getBrowser() {
  const browser =
    (await playwrightsOwn()) ?? (await oneOnThisMachine()) ?? (await fromPlaywright()) ?? (await fromDebian())
  if (!browser) {
    say(
      'No browser was found and none could be installed. Install Chrome or Chromium, or set CHROME_PATH to one, then try again.',
    )
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
  say(`That failed (full output: ${shown(log)}).`)
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
  say(`That failed (full output: ${shown(log)}).`)
  return undefined
}

/** An installed browser may not start: a library may be missing, or it may only be a stub that names a package. */
async function whenItStarts(executablePath, name) {
  const why = await whyItDoesNotStart(executablePath)
  say(why ? `${name} does not start: ${why}` : `Browser: ${name}`)
  return why ? undefined : { executablePath }
}
