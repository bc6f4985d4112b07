/** Reads a script's command line. */
import { Refusal } from './refusal.mjs'
import { say } from './run.mjs'

/**
 * @param {string} command as the user types it
 * @param {Record<string, string>} known each option with what it does
 * @param {string[]} args
 * @returns {Map<string, string>} the options given, each with the value after its `=` ('' without one)
 * @throws {Refusal} if an option is unknown; the message lists the known ones
 */
export function readOptions(command, known, args) {
  const given = new Map(args.map(arg => [arg.split('=')[0], arg.split('=').slice(1).join('=')]))
  if (given.has('--help')) {
    for (const [option, meaning] of Object.entries(known)) say(`${command} -- ${option.padEnd(10)} ${meaning}`)
    process.exit(0)
  }
  const unknown = [...given.keys()].find(option => !(option in known))
  if (unknown)
    throw new Refusal(
      `${command} has no option ${unknown}. Its options: ${[...Object.keys(known), '--help'].join(', ')}.`,
    )
  return given
}
