/** `pnpm bench [--seconds=3] [--only=token,list] [--engine=postgres] [--smoke]`: see docs/performance.md. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
import('./lib/bench.mjs').then(({ bench }) => bench(process.argv.slice(2)))
