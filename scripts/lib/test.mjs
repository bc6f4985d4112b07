/** What `npm test` does, in order. Every part runs even when one before it has failed; the last line is the sum. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, compiler } from './build.mjs'
import { getBrowser } from './get-browser.mjs'
import { install } from './install.mjs'
import { readOptions } from './options.mjs'
import { Refusal, runScript } from './refusal.mjs'
import { remove, runInSight, say, tool } from './run.mjs'
import { CACHE, ROOT } from './workspace.mjs'

/** @typedef {{ passed: number, failed: number }} Count */

/** @type {Record<string, { title: string, run: () => Promise<Count> }>} */
const PARTS = {
  types: { title: 'Types (tsc -b)', run: async () => asOne(await compiler(), ['-b']) },
  lint: {
    title: 'Lint and format (Biome)',
    run: () => asOne(process.execPath, [tool('@biomejs/biome', 'bin/biome'), 'check', '.']),
  },
  jest: { title: 'Jest: units, and the endpoints on SQLite and PostgreSQL', run: runJest },
  e2e: { title: 'Playwright: the scenario in a browser', run: runPlaywright },
}

const OPTIONS = { '--only': `some of the parts, e.g. --only=types,jest; there are ${Object.keys(PARTS).join(', ')}` }

/** @param {string[]} args of the command line */
export function test(args) {
  return runScript(async () => {
    const options = readOptions('npm test', OPTIONS, args)
    const names = options.get('--only')?.split(',') ?? Object.keys(PARTS)
    for (const name of names)
      if (!PARTS[name]) throw new Refusal(`npm test has no part "${name}". ${OPTIONS['--only']}.`)
    await install()
    if (!names.includes('types')) await build([]) // some of the tests run the services as built
    const results = []
    for (const name of names) {
      const { title, run } = PARTS[name]
      say(`\n── ${title}`)
      const began = performance.now()
      const count = await run()
      results.push({ title, ...count, seconds: Math.round((performance.now() - began) / 1000) })
    }
    return summarise(results)
  })
}

/** @param {(Count & { title: string, seconds: number })[]} results @returns {number} the exit code */
export function summarise(results) {
  say('')
  for (const { title, passed, failed, seconds } of results) {
    say(`${failed > 0 ? '✗' : '✓'} ${title}: ${passed} passed, ${failed} failed, ${seconds} s`)
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  say(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}

/** A tool that gives no numbers counts as one. @param {string} command @param {string[]} args @returns {Promise<Count>} */
async function asOne(command, args) {
  const code = await runInSight(command, args)
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function runJest() {
  const report = freshReport('jest')
  const jest = tool('jest', 'bin/jest.js')
  const code = await runInSight(process.execPath, [jest, '--ci', '--json', `--outputFile=${report}`])
  return count(code, report, countJest)
}

async function runPlaywright() {
  const browser = await getBrowser()
  if (!browser) return { passed: 0, failed: 1 }
  const report = freshReport('playwright')
  const env = { ...process.env, PLAYWRIGHT_BROWSER: browser.executablePath ?? '', PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  const cli = join(ROOT, 'e2e/node_modules/@playwright/test/cli.js')
  const code = await runInSight(process.execPath, [cli, 'test', '--config', 'e2e', '--forbid-only'], env)
  return count(code, report, countPlaywright)
}

function freshReport(name) {
  const report = join(CACHE, `${name}.json`)
  remove(report)
  return report
}

/**
 * A runner that fails although no test of its own did (it found none, or broke down) counts as one failure.
 * @param {number} code its exit code @param {string} file its report @param {(report: any) => Count} read
 * @returns {Count}
 */
function count(code, file, read) {
  const counted = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 0 }
  const silent = counted.failed === 0 && (code !== 0 || counted.passed === 0)
  return silent ? { ...counted, failed: 1 } : counted
}

/** @param {any} report of `jest --json` @returns {Count} a file that could not be run at all counts as one failure */
export function countJest({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
}

/** @param {any} report of Playwright's json reporter @returns {Count} an error outside any test counts as a failure */
export function countPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }
}
