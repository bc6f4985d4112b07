/** `npm run test:long [-- --only=e2e,kills]`: the tests that `npm test` leaves out: PostgreSQL, the Lab, outages, kills. */
import { checkNode } from './lib/check-node.mjs'

checkNode(process.versions.node)
import('./lib/test-long.mjs').then(({ testLong }) => testLong(process.argv.slice(2)))
