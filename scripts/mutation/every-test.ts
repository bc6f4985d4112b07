/**
 * The tests of the services that hold mutated code, as one file: a mutant loads the services once, not once for each file.
 * Those that find most, soonest, go first. Without the property tests, which would send a thousand requests per mutant.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['auth-server/test/unit', 'auth-server/test/http', 'calendar-api/test/http']
const LEFT_OUT = ['odd-input.test.ts']
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
