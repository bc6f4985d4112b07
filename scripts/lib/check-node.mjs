/** Old syntax on purpose: this must run on the Node versions that it refuses. */

var OLDEST = [20, 19]

/** @param {string} version as in process.versions.node. If it is too old, prints one line and ends the process. */
export function checkNode(version) {
  var refusal = refusalOf(version)
  if (!refusal) return
  console.error(refusal)
  process.exit(1)
}

/** @param {string} version @returns {string | undefined} what to tell the user; undefined if the version is new enough */
export function refusalOf(version) {
  var parts = version.split('.').map(Number)
  var enough = parts[0] > OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] >= OLDEST[1])
  if (enough) return undefined
  return `Glasshouse needs Node ${OLDEST.join('.')} or newer; this is ${version}. Install a newer one from https://nodejs.org`
}
