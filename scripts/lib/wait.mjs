/** Waiting, for the scripts that test the services from outside. */

/** @param {number} ms @returns {Promise<void>} */
export function delay(ms) {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/**
 * Repeats the check until it succeeds.
 * @template T
 * @param {() => T | Promise<T>} condition @param {number} withinS @param {string} otherwise what is wrong after that time
 * @returns {Promise<NonNullable<T>>} the first answer that counts as true
 */
export async function until(condition, withinS, otherwise) {
  const deadline = Date.now() + withinS * 1000
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`${otherwise} after ${withinS} s`)
    await delay(50)
  }
}
