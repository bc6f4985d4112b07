/** Runs Jest, Playwright and other tools, and counts what passed and failed. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getBrowser } from './get-browser.mjs'
import { logFile, remove, runInSight, runQuietly, say, tool } from './run.mjs'
import { CACHE, ROOT } from './workspace.mjs'

/** @typedef {{ passed: number, failed: number }} Count */

/** The files of the units and of SQLite that take a third of the time: `npm run test:long` runs them. For Jest's command line. */
export const THOROUGH =
  '/(odd-[a-z]+|start-trouble|long-run|icalendar-hostile|mcp-conformance|recurrence-compared)\\.test\\.ts$'

/** Playwright's command line, from the workspace `e2e`. */
export const PLAYWRIGHT = join(ROOT, 'e2e/node_modules/@playwright/test/cli.js')

/** A tool that reports no numbers counts as one test. @param {string} command @param {string[]} args @returns {Promise<Count>} */
export async function runAsOne(command, args) {
  const code = await runInSight(command, args)
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/**
 * Runs a program that ends with a line "N passed, N failed".
 * @param {string} name of the file for its output @param {string} command @param {string[]} args
 * @returns {Promise<Count>}
 */
export async function runCounting(name, command, args) {
  const { code, output } = await runQuietly(command, args, { log: logFile(name), onLine: say })
  return countLastLine(code, output)
}

/** @param {string[]} options of Jest's command line @param {NodeJS.ProcessEnv} env @returns {Promise<Count>} */
export async function runJest(options = [], env = process.env) {
  const report = freshReport('jest')
  const jest = tool('jest', 'bin/jest.js')
  const args = [jest, '--ci', '--json', `--outputFile=${report}`, ...options]
  const code = await runInSight(process.execPath, args, env)
  return count(code, report, countJest)
}

/**
 * @param {string} config a playwright.config file, or its folder @param {string[]} options of Playwright's command line
 * @returns {Promise<Count>}
 */
export async function runPlaywright(config, options = []) {
  const browser = await getBrowser()
  if (!browser) return { passed: 0, failed: 1 }
  const report = freshReport('playwright')
  const env = { ...process.env, PLAYWRIGHT_BROWSER: browser.executablePath ?? '', PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  const code = await runInSight(
    process.execPath,
    [PLAYWRIGHT, 'test', '--config', config, '--forbid-only', ...options],
    env,
  )
  return count(code, report, countPlaywright)
}

function freshReport(name) {
  const report = join(CACHE, `${name}.json`)
  remove(report)
  return report
}

/**
 * If a runner fails but reports no failed test (it found none, or crashed), that counts as one failure.
 * @param {number} code its exit code @param {string} file its report @param {(report: any) => Count} read
 * @returns {Count}
 */
function count(code, file, read) {
  const counted = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 0 }
  const silent = counted.failed === 0 && (code !== 0 || counted.passed === 0)
  return silent ? { ...counted, failed: 1 } : counted
}

/** @param {any} report of `jest --json` @returns {Count} a file that could not be loaded counts as one failure */
export function countJest({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
}

/** @param {any} report of Playwright's json reporter @returns {Count} an error outside any test counts as a failure */
export function countPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }
}

/**
 * @param {number} code the program's exit code @param {string} output
 * @returns {Count} from its last line. A program that fails without such a line counts as one failure.
 */
export function countLastLine(code, output) {
  const [, passed, failed] = /(?:^|\n)(\d+) passed, (\d+) failed\r?\n?$/.exec(output) ?? [undefined, 0, 1]
  return { passed: Number(passed), failed: code === 0 ? Number(failed) : Math.max(Number(failed), 1) }
}
