/** `npm test [-- --only=types,lint,jest,e2e]`: installs, gets a browser, runs everything, counts. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
import('./lib/test.mjs').then(({ test }) => test(process.argv.slice(2)))
