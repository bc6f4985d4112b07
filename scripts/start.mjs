/** `npm start [-- --open] [-- --reset]`: installs, writes .env, builds, starts all three services, says where to look. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
// Only now: what follows is written for a Node that can read it.
import('./lib/start.mjs').then(({ start }) => start(process.argv.slice(2)))
