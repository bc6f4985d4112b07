/** Finds a browser for Playwright: its own, else Chrome or Chromium on the machine, else it installs one. */
import { accessSync, constants, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ROOT } from './workspace.mjs'

/** These keep the browser quiet, and able to run on a machine without internet access. */
const ARGUMENTS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu', // emulating a graphics card in software costs the most
  '--disable-site-isolation-trials', // the tests visit one site only, localhost, so one process is enough
  `--disable-features=${switchedOff().join()}`,
]

function switchedOff() {
  // The browser loads these pages for every window, although the tests never use its address bar.
  const unseen = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup']
  // Only the last --disable-features counts, so this repeats the list that Playwright passes.
  const playwrights = [
    'AvoidUnnecessaryBeforeUnloadCheckSync',
    'DestroyProfileOnBrowserClose',
    'HttpsUpgrades',
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
    'AvoidCorsURLLoaderRestartOnRedirect',
    'TcpPortRandomizationWin',
    'OptimizationHints',
    'NetworkTimeServiceQuerying',
    'AimEnabled',
    'PreconnectToSearch',
    'msForceBrowserSignIn',
    'msEdgeUpdateLaunchServicesPreferredVersion',
  ]
  return [...playwrights, ...unseen]
}

/** @returns {string[]} Chromium's arguments; for root they switch off the sandbox, which root cannot use */
export function launchArguments() {
  return process.getuid?.() === 0 ? [...ARGUMENTS, '--no-sandbox'] : ARGUMENTS
}

/** Debian's package, and its program: Chromium without windows. It needs a quarter less of the processor's time. */
export const HEADLESS_SHELL = 'chromium-headless-shell'

/**
 * @param {{ visible?: boolean }} [options] `visible`: the user wants to see it
 * @returns {string[]} the installed Chrome, Chromium and Edge, in order of preference; CHROME_PATH comes first
 */
export function browsersOnThisMachine({ visible = false } = {}) {
  const { CHROME_PATH, PATH = '' } = process.env
  const windowed = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome', 'microsoft-edge']
  const names = visible ? windowed : [HEADLESS_SHELL, ...windowed]
  const folders = [...new Set([...PATH.split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'])].filter(Boolean)
  const onPath = names.flatMap(name => folders.map(folder => join(folder, name)))
  return [...(CHROME_PATH ? [CHROME_PATH] : []), ...onPath, ...applications()].filter(isProgram)
}

function applications() {
  if (process.platform === 'darwin') {
    const inside = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(name => `${name}.app/Contents/MacOS/${name}`)
    return ['/Applications', join(homedir(), 'Applications')].flatMap(folder => inside.map(path => join(folder, path)))
  }
  if (process.platform === 'win32') {
    const { ProgramFiles, 'ProgramFiles(x86)': x86, LOCALAPPDATA } = process.env
    const inside = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe']
    return [ProgramFiles, x86, LOCALAPPDATA].flatMap(folder => (folder ? inside.map(path => join(folder, path)) : []))
  }
  return []
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @returns {any} Playwright’s `chromium`, from the workspace `e2e` */
export function chromium() {
  return createRequire(join(ROOT, 'e2e/package.json'))('@playwright/test').chromium
}

/** @returns {boolean} whether `playwright install chromium` has been done */
export function playwrightHasItsOwn() {
  return existsSync(chromium().executablePath())
}

/**
 * @param {string | undefined} executablePath undefined: Playwright's own
 * @returns {Promise<string | undefined>} why it does not start, in one line; undefined when it does
 */
export async function whyItDoesNotStart(executablePath) {
  try {
    const browser = await chromium().launch({
      ...(executablePath && { executablePath }),
      args: launchArguments(),
      timeout: 30_000,
    })
    await browser.close()
    return undefined
  } catch (error) {
    return String(error.message).split('\n')[0]
  }
}
