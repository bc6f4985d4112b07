/** `npm run e2e [-- NAME … --headed --slow --ui --report]`: runs the end-to-end tests, and can show them. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
import('./lib/e2e.mjs').then(({ e2e }) => e2e(process.argv.slice(2)))
