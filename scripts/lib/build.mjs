/** TypeScript to JavaScript. */
import { Refusal } from './refusal.mjs'
import { runInSight, tool } from './run.mjs'

export const TSC = tool('typescript', 'bin/tsc')

/**
 * Builds what has changed.
 * @param {string[]} folders with a tsconfig.json; what they reference is built too
 * @throws {Refusal} after the compiler has said what is wrong
 */
export async function build(folders) {
  const code = await runInSight(process.execPath, [TSC, '-b', ...folders])
  if (code !== 0) throw new Refusal('The build failed: put right what the lines above name, then try again.')
}
