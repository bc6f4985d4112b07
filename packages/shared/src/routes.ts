/** Finds the methods that an Express router accepts for a path. Express itself offers this only in its OPTIONS response. */
import type { Router } from 'express'

/**
 * The part of the router's layers that we use: https://github.com/pillarjs/router, `lib/layer.js`. It is undocumented, so
 * `routes.test.ts` fails if a new version of Express changes it; otherwise every form would be refused.
 */
interface Layer {
  route?: { methods: Record<string, boolean> }
  handle: { stack?: Layer[] }
  /** `path` is the matched beginning of the path. */
  match(path: string): { path: string } | false
}

/**
 * @param path of a request, as the router receives it
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
    // A nested router receives the path without its prefix.
    return layer.handle.stack ? collect(layer.handle.stack, path.slice(matched.path.length) || '/') : []
  })
}
