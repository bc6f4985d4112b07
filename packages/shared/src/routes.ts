/** What an Express router would answer to, without asking it. Express itself tells this for OPTIONS only. */
import type { Router } from 'express'

/**
 * What is used here of the router's layers: https://github.com/pillarjs/router, `lib/layer.js`. It is not documented, so
 * `routes.test.ts` tells when a new version of Express has changed it: then no form is accepted at all.
 */
interface Layer {
  route?: { methods: Record<string, boolean> }
  handle: { stack?: Layer[] }
  /** `path` is what has matched, at the beginning. */
  match(path: string): { path: string } | false
}

/**
 * @param path of a request, as the router gets it
 * @returns the methods of all its routes for this path, in upper case; `POST` also for a route that takes any method
 * @throws URIError for a path that cannot be decoded, like the router itself
 */
export function methodsAt(router: Router, path: string): string[] {
  return [...new Set(collect(router.stack as unknown as Layer[], path))]
}

function collect(stack: Layer[], path: string): string[] {
  return stack.flatMap(layer => {
    const matched = layer.match(path)
    if (!matched) return []
    if (layer.route) {
      const { _all: any, ...methods } = layer.route.methods
      return any ? ['POST'] : Object.keys(methods).map(method => method.toUpperCase())
    }
    // A router below gets what its own prefix has left of the path.
    return layer.handle.stack ? collect(layer.handle.stack, path.slice(matched.path.length) || '/') : []
  })
}
