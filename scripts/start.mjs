/** `npm start [-- --open] [-- --reset]`: installs, writes .env, builds, starts all three services, says where to look. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
// Imported only now, because older versions of Node cannot read the rest.
import('./lib/start.mjs').then(({ start }) => start(process.argv.slice(2)))
