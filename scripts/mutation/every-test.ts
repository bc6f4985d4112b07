/**
 * All tests of the services with mutated code, in one file, so that each mutant loads the services only once. The tests
 * that find the most mutants soonest come first. The property tests are left out, because they would send a thousand
 * requests per mutant.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = [
  'auth-server/test/unit',
  'auth-server/test/http',
  'auth-server/test/sqlite',
  'calendar-api/test/http',
  'calendar-api/test/sqlite',
]
/** The last one waits for locks, and no mutated code is involved. */
const LEFT_OUT = ['odd-input.test.ts', 'odd-cost.test.ts', 'store-unavailable.test.ts']
const FIRST = ['bearer-token.test.ts', 'token.test.ts', 'authorize.test.ts', 'register.test.ts']

const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)

for (const folder of FOLDERS) {
  const path = join(__dirname, '../../apps', folder)
  const files = readdirSync(path).filter(name => name.endsWith('.test.ts') && !LEFT_OUT.includes(name))
  for (const name of files.sort((a, b) => rank(a) - rank(b))) {
    describe(`${folder}/${name}:`, () => {
      require(join(path, name))
    })
  }
}
