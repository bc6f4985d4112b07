/** A service logs one JSON object a line, for machines. This is for the person at the terminal. */

const LEVELS = { 40: 'warning: ', 50: 'error: ', 60: '' }
const KNOWN_TO_ALL = ['level', 'time', 'pid', 'hostname', 'name', 'service', 'msg', 'error', 'err']

/**
 * @param {string} line as a program printed it
 * @returns {{ text: string, isError: boolean }} the message, then what else the object holds; a line that is no log
 *   line stays as it is
 */
export function readable(line) {
  const entry = parse(line)
  if (!entry) return { text: line, isError: false }
  const error = entry.error ?? entry.err
  const details = Object.entries(entry)
    .filter(([name]) => !KNOWN_TO_ALL.includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  // A warning's stack would bury the page: only an error is a bug, and needs it.
  const why = entry.level >= 50 ? (error?.stack ?? error?.message) : error?.message && `(${error.message})`
  const parts = [entry.msg, ...details, why].filter(Boolean)
  return { text: (LEVELS[entry.level] ?? '') + parts.join(' '), isError: entry.level >= 50 }
}

function parse(line) {
  if (!line.startsWith('{')) return undefined
  try {
    const entry = JSON.parse(line)
    return typeof entry.level === 'number' ? entry : undefined
  } catch {
    return undefined
  }
}
