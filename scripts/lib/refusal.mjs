/** How a script ends when it cannot go on. */

/** A problem that the user can correct. The message is one line and says how. */
export class Refusal extends Error {}

/**
 * Runs a script's main function. For a Refusal it prints one line; for any other error, which is a bug, a stack trace.
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
