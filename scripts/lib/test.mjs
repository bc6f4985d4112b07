/** What `npm test` does, in order: what takes three minutes. `test-long.mjs` has the rest. */
import { build, compiler } from './build.mjs'
import { install } from './install.mjs'
import { chooseParts, runParts } from './parts.mjs'
import { runScript } from './refusal.mjs'
import { tool } from './run.mjs'
import { runAsOne, runJest, runPlaywright, THOROUGH } from './runners.mjs'

/** @type {import('./parts.mjs').Parts} */
const PARTS = {
  types: { title: 'Types (tsc -b)', run: async () => runAsOne(await compiler(), ['-b']) },
  lint: {
    title: 'Lint and format (Biome)',
    run: () => runAsOne(process.execPath, [tool('@biomejs/biome', 'bin/biome'), 'check', '.']),
  },
  jest: {
    title: 'Jest: units, and the endpoints on SQLite',
    run: () => runJest(['--selectProjects', 'unit', 'sqlite', '--testPathIgnorePatterns', THOROUGH]),
  },
  e2e: { title: 'Playwright: the flows in a browser', run: () => runPlaywright('e2e', ['--project=flows']) },
}

/** @param {string[]} args of the command line */
export function test(args) {
  return runScript(async () => {
    const names = chooseParts('npm test', PARTS, args)
    await install()
    if (!names.includes('types')) await build([]) // some tests run the built services
    return runParts(PARTS, names)
  })
}
