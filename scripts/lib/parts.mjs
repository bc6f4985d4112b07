/** Runs a script's parts. Each part runs even if an earlier one failed; the last line printed is the sum. */
import { readOptions } from './options.mjs'
import { Refusal } from './refusal.mjs'
import { say } from './run.mjs'

/** @typedef {import('./runners.mjs').Count} Count */
/** @typedef {Record<string, { title: string, run: () => Promise<Count> }>} Parts */

/**
 * @param {string} command as the user types it @param {Parts} parts @param {string[]} args of the command line
 * @returns {string[]} the names of the parts to run
 * @throws {Refusal} if an option or a part is unknown; the message lists the known ones
 */
export function chooseParts(command, parts, args) {
  const all = Object.keys(parts)
  const meaning = `runs only these parts, e.g. --only=${all.slice(0, 2).join()}; the parts are ${all.join(', ')}`
  const names = readOptions(command, { '--only': meaning }, args).get('--only')?.split(',') ?? all
  for (const name of names) {
    if (!Object.hasOwn(parts, name))
      throw new Refusal(`${command} has no part "${name}". Its parts: ${all.join(', ')}.`)
  }
  return names
}

/** @param {Parts} parts @param {string[]} names @returns {Promise<number>} the exit code */
export async function runParts(parts, names) {
  const results = []
  for (const name of names) {
    const { title, run } = parts[name]
    say(`\n── ${title}`)
    const began = performance.now()
    const count = await run()
    results.push({ title, ...count, seconds: Math.round((performance.now() - began) / 1000) })
  }
  return summarise(results)
}

/** @param {(Count & { title: string, seconds: number })[]} results @returns {number} the exit code */
export function summarise(results) {
  say('')
  for (const { title, passed, failed, seconds } of results) {
    say(`${failed > 0 ? '✗' : '✓'} ${title}: ${passed} passed, ${failed} failed, ${seconds} s`)
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  say(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}
