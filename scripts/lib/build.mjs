/** TypeScript to JavaScript. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Refusal } from './refusal.mjs'
import { runInSight, runQuietly, tool } from './run.mjs'
import { ROOT } from './workspace.mjs'
import { isWritable, requireWritable } from './writable.mjs'

/**
 * @returns {Promise<string>} the compiler itself, which `node_modules/.bin/tsc` starts as a child. That wrapper ignores
 *   signals and would leave the compiler running.
 */
export async function compiler() {
  const { default: executable } = await import(pathToFileURL(tool('typescript', 'lib/getExePath.js')).href)
  return executable()
}

/**
 * Builds what has changed.
 * @param {string[]} folders with a tsconfig.json; what they reference is built too
 * @throws {Refusal} after the compiler has said what is wrong, or naming the folder that this user may not write
 */
export async function build(folders) {
  // The compiler writes nothing if everything is up to date, so run it even in a read-only folder.
  const run = outputs(folders).every(isWritable) ? runInSight : runOutOfSight
  const code = await run(await compiler(), ['-b', ...folders])
  if (code === 0) return
  requireWritable(outputs(folders), 'The build is out of date')
  throw new Refusal('The build failed. Correct the errors above, then try again.')
}

const runOutOfSight = async (command, args) => (await runQuietly(command, args)).code

/** @param {string[]} folders @returns {string[]} where the compiler writes */
function outputs(folders) {
  return [...folders, 'packages/shared'].map(folder => join(ROOT, folder, 'dist'))
}
