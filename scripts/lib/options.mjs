/** Reads a script's command line. */
import { Refusal } from './refusal.mjs'
import { say } from './run.mjs'

/**
 * @param {string} command as the person types it
 * @param {Record<string, string>} known each option with what it does
 * @param {string[]} args
 * @returns {Map<string, string>} the options given, each with the value after its `=` ('' without one)
 * @throws {Refusal} naming an option that there is not, and those there are
 */
export function readOptions(command, known, args) {
  const given = new Map(args.map(arg => [arg.split('=')[0], arg.split('=').slice(1).join('=')]))
  if (given.has('--help')) {
    for (const [option, meaning] of Object.entries(known)) say(`${command} -- ${option.padEnd(10)} ${meaning}`)
    process.exit(0)
  }
  const unknown = [...given.keys()].find(option => !(option in known))
  if (unknown) throw new Refusal(`${command} knows no ${unknown}. There are: ${Object.keys(known).join(', ')}, --help.`)
  return given
}
