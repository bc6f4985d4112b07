/** TypeScript to JavaScript. */
import { pathToFileURL } from 'node:url'
import { Refusal } from './refusal.mjs'
import { runInSight, tool } from './run.mjs'

/**
 * @returns {Promise<string>} the compiler itself: what `node_modules/.bin/tsc` starts. That one waits for it without
 *   hearing any signal, and would leave it running.
 */
export async function compiler() {
  const { default: executable } = await import(pathToFileURL(tool('typescript', 'lib/getExePath.js')).href)
  return executable()
}

/**
 * Builds what has changed.
 * @param {string[]} folders with a tsconfig.json; what they reference is built too
 * @throws {Refusal} after the compiler has said what is wrong
 */
export async function build(folders) {
  const code = await runInSight(await compiler(), ['-b', ...folders])
  if (code !== 0) throw new Refusal('The build failed: put right what the lines above name, then try again.')
}
