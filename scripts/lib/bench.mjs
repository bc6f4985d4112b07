/** What `pnpm bench` does. */
import { build } from './build.mjs'
import { installBench } from './install.mjs'
import { runScript } from './refusal.mjs'
import { runInSight } from './run.mjs'

/** @param {string[]} args of the command line, for bench/run.mjs */
export function bench(args) {
  return runScript(async () => {
    await installBench()
    await build([])
    return runInSight(process.execPath, ['bench/run.mjs', ...args])
  })
}
