/** How a script ends when it cannot go on. */

/** Something that the person at the keyboard can put right. The message is one line and says how. */
export class Refusal extends Error {}

/**
 * Runs a script's main function. A Refusal ends the process with its one line, anything else (a bug) with a stack trace.
 * @param {() => Promise<number>} main @returns {Promise<void>} after setting the process's exit code to main's
 */
export async function runScript(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error)
    process.exitCode = 1
  }
}
