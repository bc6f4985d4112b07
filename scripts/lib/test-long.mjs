/** What `npm run test:long` does: what takes minutes, because it waits for outages or kills services again and again. */
import { build } from './build.mjs'
import { install } from './install.mjs'
import { chooseParts, runParts } from './parts.mjs'
import { runScript } from './refusal.mjs'
import { runCounting, runJest, runPlaywright } from './runners.mjs'

/** @type {import('./parts.mjs').Parts} */
const PARTS = {
  e2e: {
    title: 'Playwright: on PostgreSQL, with several copies of each service, and through outages',
    run: () => runPlaywright('e2e/playwright.long.config.mts'),
  },
  outages: {
    title: 'PostgreSQL away for half a minute under load, and 20 starts at the same moment',
    run: () => runJest(['--runInBand', '--selectProjects=postgres', '--testPathPatterns=outage|start-together'], LONG),
  },
  kills: {
    title: 'Services killed under load, on SQLite and PostgreSQL',
    run: () => runCounting('kill-test', process.execPath, ['scripts/kill-test.mjs']),
  },
}

/** Read by these tests, which are short otherwise. */
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
