/** What `npm run test:long` does: everything that `npm test` leaves out, because it takes minutes: PostgreSQL, the Lab, outages, kills. */
import { build } from './build.mjs'
import { install, installBench } from './install.mjs'
import { chooseParts, runParts } from './parts.mjs'
import { runScript } from './refusal.mjs'
import { runCounting, runJest, runPlaywright, THOROUGH } from './runners.mjs'

/** @type {import('./parts.mjs').Parts} */
const PARTS = {
  thorough: {
    title: 'Jest: generated requests, hostile files, and a machine that is not quite right',
    run: () => runJest(['--selectProjects', 'unit', 'sqlite', '--testPathPatterns', THOROUGH]),
  },
  postgres: {
    title: 'Jest: the endpoints on PostgreSQL',
    run: () => runJest(['--selectProjects', 'postgres', '--testPathIgnorePatterns', 'outage|start-together']),
  },
  pages: {
    title: 'Playwright: the Lab’s rooms, alice’s page, chains of redirects, and every page in every look',
    run: () => runPlaywright('e2e', ['--project=pages']),
  },
  e2e: {
    title: 'Playwright: on PostgreSQL, with several copies of each service, and through outages',
    run: () => runPlaywright('e2e/playwright.long.config.mts'),
  },
  outages: {
    title: 'PostgreSQL stopped for half a minute under load, and copies that start together, 20 times',
    run: () => runJest(['--runInBand', '--selectProjects=postgres', '--testPathPatterns=outage|start-together'], LONG),
  },
  kills: {
    title: 'Services killed under load, on SQLite and PostgreSQL',
    run: () => runCounting('kill-test', process.execPath, ['scripts/kill-test.mjs']),
  },
  bench: {
    title: 'Each workload of the bench for a second, with every answer checked',
    async run() {
      await installBench()
      return runCounting('bench', process.execPath, ['bench/run.mjs', '--smoke'])
    },
  },
}

/** These tests read them; without them they are short. */
const LONG = { ...process.env, GLASSHOUSE_OUTAGE_SECONDS: '30', GLASSHOUSE_START_ROUNDS: '20' }

/** @param {string[]} args of the command line */
export function testLong(args) {
  return runScript(async () => {
    const names = chooseParts('npm run test:long', PARTS, args)
    await install()
    await build([])
    return runParts(PARTS, names)
  })
}
