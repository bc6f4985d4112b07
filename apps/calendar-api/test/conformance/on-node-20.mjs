/**
 * Lets the conformance suite start on Node 20. It imports `fs.globSync`, which came with Node 22, for a command that the tests
 * do not use. `node --import` this file before it.
 */
import * as fs from 'node:fs'
import { register } from 'node:module'

const asUrl = source => `data:text/javascript,${encodeURIComponent(source)}`

if (!('globSync' in fs)) {
  const withGlob = asUrl('export * from "node:fs"; export const globSync = () => []')
  register(
    asUrl(`export function resolve(specifier, context, next) {
      const isSuites = specifier === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/')
      return isSuites ? { url: ${JSON.stringify(withGlob)}, shortCircuit: true } : next(specifier, context)
    }`),
  )
}
