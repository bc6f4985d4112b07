/** `npm run e2e [-- NAME … --headed --slow --ui --report]`: the end-to-end tests alone, to run and to watch. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
import('./lib/e2e.mjs').then(({ e2e }) => e2e(process.argv.slice(2)))
