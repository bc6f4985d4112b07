/** What `npm run e2e` does: installs, gets a browser, builds, and runs the end-to-end tests with the given options. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from './build.mjs'
import { getBrowser } from './get-browser.mjs'
import { install } from './install.mjs'
import { readOptions } from './options.mjs'
import { Refusal, runScript } from './refusal.mjs'
import { remove, runInSight, say } from './run.mjs'
import { PLAYWRIGHT } from './runners.mjs'
import { CACHE, ROOT, shown } from './workspace.mjs'

const REPORT = join(ROOT, 'e2e/playwright-report')

const OPTIONS = {
  '--headed': 'shows the browser',
  '--slow': 'shows the browser at a pace you can follow, one test after the other, with the name of each step',
  '--ui': 'opens Playwright’s own window, where you can run tests, watch them and step back and forth',
  '--report': 'writes a report with a picture of every step, and prints where it is',
}

/** @param {string[]} args of the command line */
export function e2e(args) {
  return runScript(async () => {
    const run = readCommandLine(args, testFiles(), process.env)
    await install()
    await build([])
    const browser = await getBrowser({ visible: run.visible })
    if (!browser) return 1
    const env = { ...process.env, ...run.env, PLAYWRIGHT_BROWSER: browser.executablePath ?? '' }
    if (run.ui && browser.executablePath) Object.assign(env, asPlaywrightsOwn(browser.executablePath))
    if (run.report) remove(REPORT)
    const code = await runInSight(process.execPath, [PLAYWRIGHT, 'test', '--config', 'e2e', ...run.args], env)
    if (run.report && existsSync(REPORT)) say(`\nThe report: ${shown(join(REPORT, 'index.html'))}`)
    return code
  })
}

/** @returns {string[]} the names of the end-to-end tests, as the command line takes them: `scenario`, `consent`, … */
function testFiles() {
  return readdirSync(join(ROOT, 'e2e'))
    .filter(file => file.endsWith('.spec.ts'))
    .map(file => file.replace('.spec.ts', ''))
}

/**
 * @param {string[]} args @param {string[]} files the names of all test files
 * @param {NodeJS.ProcessEnv} env tells whether there is a display
 * @returns {{ args: string[], env: Record<string, string>, ui: boolean, visible: boolean, report: boolean }} what Playwright gets
 * @throws {Refusal} if an option or a test file is unknown, or there is no display for the browser
 */
export function readCommandLine(args, files, env, platform = process.platform) {
  const names = args
    .filter(arg => !arg.startsWith('-'))
    .map(name => name.replace(/^e2e\//, '').replace(/\.spec(\.ts)?$/, ''))
  const given = readOptions(
    'npm run e2e',
    OPTIONS,
    args.filter(arg => arg.startsWith('-')),
  )
  const unknown = names.find(name => !files.includes(name))
  if (unknown) throw new Refusal(`There is no end-to-end test "${unknown}". There are: ${files.join(', ')}.`)
  const [headed, slow, ui, report] = ['--headed', '--slow', '--ui', '--report'].map(option => given.has(option))
  if ((headed || slow || ui) && platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    throw new Refusal(
      'This machine has no display to show a browser on. Use a machine with a display, or replace --headed, --slow and --ui with --report, which saves a picture of every step.',
    )
  }
  return {
    args: [
      ...(ui ? ['--ui'] : headed || slow ? ['--headed'] : []),
      ...names.map(name => `[/\\\\]${name}\\.spec\\.ts$`),
    ],
    env: { ...(slow && { E2E_SLOW: '1' }), ...(report && { E2E_REPORT: '1' }) },
    ui,
    visible: Boolean(headed || slow || ui),
    report,
  }
}

/**
 * Playwright opens its window only in its own browser. This links the machine's browser to the place where Playwright
 * looks for its own.
 * @param {string} executablePath @returns {Record<string, string>} the environment variables that Playwright needs for it
 */
function asPlaywrightsOwn(executablePath) {
  const env = { PLAYWRIGHT_BROWSERS_PATH: join(CACHE, 'browsers') }
  const script = 'console.log(require("@playwright/test").chromium.executablePath())'
  const place = execFileSync(process.execPath, ['-e', script], {
    cwd: join(ROOT, 'e2e'),
    env: { ...process.env, ...env },
    encoding: 'utf8',
  }).trim()
  remove(place)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(executablePath, place)
  return env
}
