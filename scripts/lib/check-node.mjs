/** Old syntax on purpose: this has to run on the very Node that it turns away. */

var OLDEST = [20, 19]

/** @param {string} version as in process.versions.node. Ends the process, with one line, when it is too old. */
export function checkNode(version) {
  var refusal = refusalOf(version)
  if (!refusal) return
  console.error(refusal)
  process.exit(1)
}

/** @param {string} version @returns {string | undefined} what to tell the person; undefined when the version will do */
export function refusalOf(version) {
  var parts = version.split('.').map(Number)
  var enough = parts[0] > OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] >= OLDEST[1])
  if (enough) return undefined
  return `Glasshouse needs Node ${OLDEST.join('.')} or newer; this is ${version}. Get one from https://nodejs.org`
}
