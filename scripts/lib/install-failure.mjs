/** Turns the output of a failed install into one line that says what to do. */
import { ROOT } from './workspace.mjs'

const COMPILER =
  'A compiler is missing: better-sqlite3 must be compiled on this machine. On Debian or Ubuntu run "apt-get install build-essential python3", on macOS "xcode-select --install", on Windows install the Visual Studio Build Tools; then try again.'

/** Reasons why better-sqlite3 cannot be compiled, wherever the checkout is. */
const BUILD = [
  {
    symptom: /not found: make|make: (g\+\+|c\+\+|cc|gcc|clang)\S*: (No such file|not found|Command not found)/i,
    advice: COMPILER,
  },
  { symptom: /(g\+\+|c\+\+|clang\+\+): (command )?not found|spawn make ENOENT|make: not found/i, advice: COMPILER },
  {
    symptom: /Could not find any Python|find Python.*not found|find VS.*could not find|No Xcode or CLT/i,
    advice: COMPILER,
  },
  {
    symptom:
      /gyp http GET [\s\S]*gyp ERR! .*(network connectivity|ENOTFOUND|ETIMEDOUT|ECONNREFUSED)|gyp ERR! .*headers/,
    advice:
      'better-sqlite3 must be compiled on this machine, and Node’s headers could not be downloaded from nodejs.org. Connect to the internet, or set npm_config_nodedir to a folder that holds include/node/node.h; then try again.',
  },
]

const REST = [
  {
    symptom: /npx ENOENT/,
    advice: 'npx is missing. It comes with npm: install Node from https://nodejs.org, then try again.',
  },
  {
    symptom: /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    advice:
      'npm and pnpm keep a cache and a store in the home folder, and this user may not write there. Set HOME to a folder that this user may write, then try again.',
  },
  {
    symptom: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|error sending request|dns error/i,
    advice:
      'The npm registry could not be reached. Check the connection (and "npm config get registry"), then try again.',
  },
  { symptom: /ENOSPC|No space left/i, advice: 'The disk is full. Make room, then try again.' },
  {
    symptom: /OUTDATED_LOCKFILE/,
    advice: 'pnpm-lock.yaml does not match a package.json. Run "npx pnpm install" to bring it up to date.',
  },
]

/** Characters that make and node-gyp do not accept in a path. */
const ODD_IN_A_PATH = /[^\w./\\:+@~-]/

/**
 * @param {string} output of the install @param {string} [root] where the checkout is
 * @returns {string} one line that says what to do next
 */
export function explainInstallFailure(output, root = ROOT) {
  const advice = list => list.find(({ symptom }) => symptom.test(output))?.advice
  const odd = /gyp ERR!/.test(output) && ODD_IN_A_PATH.exec(root)
  const path = odd
    ? `better-sqlite3 must be compiled on this machine, which fails in a folder with ${JSON.stringify(odd[0])} in its path: ${root}. Move the checkout to a path that contains only plain letters, digits, "-" and "_", then try again.`
    : undefined
  const known = advice(BUILD) ?? path ?? advice(REST)
  if (known) return known
  const last = output.split('\n').findLast(line => /\bERR|Error|×|╰─▶/.test(line))
  return `Dependencies could not be installed: ${last?.trim() ?? 'pnpm printed no reason.'}`
}
