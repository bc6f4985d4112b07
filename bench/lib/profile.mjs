/** Where the time of a request goes, from a profile of V8. */

/**
 * @param {any} profile
 * @returns {[owner: string, part: number][]} the largest part first; idle time does not count
 */
export function timeByOwner({ nodes, samples, timeDeltas }) {
  const owners = ownersOf(nodes)
  /** @type {Map<string, number>} */
  const times = new Map()
  let total = 0
  for (const [index, id] of samples.entries()) {
    const owner = owners.get(id)
    if (!owner) continue
    times.set(owner, (times.get(owner) ?? 0) + timeDeltas[index])
    total += timeDeltas[index]
  }
  return [...times]
    .map(([owner, time]) => /** @type {[string, number]} */ ([owner, time / total]))
    .toSorted(([, one], [, other]) => other - one)
}

/**
 * Node's own functions belong to whoever called them: writing to a socket to the HTTP server, hashing to the file that hashes.
 * @param {any[]} nodes @returns {Map<number, string | undefined>} undefined: idle
 */
function ownersOf(nodes) {
  /** @type {Map<number, string | undefined>} */
  const owners = new Map()
  const byId = new Map(nodes.map(node => [node.id, node]))
  const visit = (node, inherited) => {
    const owner = ownerOf(node.callFrame) ?? inherited
    owners.set(node.id, node.callFrame.functionName === '(idle)' ? undefined : owner)
    for (const child of node.children ?? []) visit(byId.get(child), owner)
  }
  visit(nodes[0], 'Node: event loop')
  return owners
}

/** @param {{ functionName: string, url: string }} frame @returns {string | undefined} undefined: the caller's */
function ownerOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(program)') return 'Node: outside JavaScript'
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (inPackage) return inPackage
  const ours = /\/(?:apps|packages)\/(.+?)\/dist\/(.+)\.js$/.exec(url)
  if (ours) return `${ours[1]}/${ours[2]}`
  // ejs puts the file's name into quotes.
  const [, template] = /\/views\/(.+)\.ejs"?$/.exec(url) ?? []
  if (template) return `template ${template}`
  return /^node:(?:_?http|net|internal\/(?:stream|http|js_stream))/.test(url) ? 'Node: HTTP and sockets' : undefined
}
