/** `pnpm dev`: what `npm start` does, and again whenever a file changes. Templates are read at every request. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
import('./lib/dev.mjs').then(({ dev }) => dev(process.argv.slice(2)))
