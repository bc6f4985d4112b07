/** Finds Playwright a browser that starts, or installs one, and prints what it does. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { browsersOnThisMachine, HEADLESS_SHELL, playwrightHasItsOwn, whyItDoesNotStart } from './browser.mjs'
import { logFile, runQuietly, say } from './run.mjs'
import { ROOT, shown } from './workspace.mjs'

/**
 * @param {{ visible?: boolean }} [options] `visible`: the user wants to see it
 * @returns {Promise<{ executablePath: string | undefined } | undefined>} `executablePath` undefined: Playwright's own;
 *   undefined: there is none, and the user has been told what to do
 */
export async function getBrowser(options = {}) {
  const browser =
    (await playwrightsOwn()) ??
    (await oneOnThisMachine(options)) ??
    (await fromPlaywright()) ??
    (await fromDebian(options))
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

async function oneOnThisMachine(options) {
  for (const path of browsersOnThisMachine(options)) {
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

async function fromDebian(options) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runQuietly('apt-get', ['update'], { log: logFile('apt-get'), env })
  // Not every release of Debian and Ubuntu has the first one.
  for (const name of options.visible ? ['chromium'] : [HEADLESS_SHELL, 'chromium']) {
    say(`Installing Debian’s package ${name} (apt-get, a minute or two) …`)
    const log = logFile(`apt-get-${name}`)
    const { code } = await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', name], { log, env })
    const browser = code === 0 ? await oneOnThisMachine(options) : undefined
    if (browser) return browser
    say(`That failed (full output: ${shown(log)}).`)
  }
  return undefined
}

/** An installed browser may not start: a library may be missing, or it may only be a stub that names a package. */
async function whenItStarts(executablePath, name) {
  const why = await whyItDoesNotStart(executablePath)
  say(why ? `${name} does not start: ${why}` : `Browser: ${name}`)
  return why ? undefined : { executablePath }
}
