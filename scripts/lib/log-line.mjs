/** A service logs one JSON object per line. This turns such a line into text for the terminal. */

const LEVELS = { 40: 'warning: ', 50: 'error: ', 60: '' }
const KNOWN_TO_ALL = ['level', 'time', 'pid', 'hostname', 'name', 'service']

/**
 * @param {string} line as a program printed it
 * @returns {{ text: string, isError: boolean }} e.g. `refused POST /token with 400: the code was used (invalid_grant,
 *   client tripmate, request 7f3a)`; any other line is unchanged
 */
export function readable(line) {
  const entry = parse(line)
  if (!entry) return { text: line, isError: false }
  const { level, msg, method, path, status, url, why, refused, requestId, error, err, ...rest } = entry
  const failure = error ?? err
  const isError = level >= 50
  const what = [msg, method, path, status && `with ${status}`, url && `at ${url}`].filter(Boolean).join(' ')
  // Only an error is a bug and needs its stack trace; for a warning the message is enough.
  const cause = why ?? (isError ? undefined : failure?.message)
  const details = Object.entries(rest)
    .filter(([name]) => !KNOWN_TO_ALL.includes(name))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const aside = [refused, ...details, requestId && `request ${requestId}`].filter(Boolean).join(', ')
  const stack = isError ? (failure?.stack ?? failure?.message) : undefined
  // A refused request is normal, so it is not printed as a warning.
  const kind = refused ? '' : (LEVELS[level] ?? '')
  const text = [`${kind}${what}${cause ? `: ${cause}` : ''}`, aside && `(${aside})`, stack].filter(Boolean).join(' ')
  return { text, isError }
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
