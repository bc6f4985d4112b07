/** Jest finds the tests wherever the checkout is, even if its path looks like a pattern. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const ROOT = join(__dirname, '../..')
const FILES = [
  'apps/a-service/test/http/token.test.ts',
  'apps/a-service/test/unit/pkce.test.ts',
  'packages/a-package/test/unit/log.test.ts',
  'scripts/test/options.test.ts',
]

test.each(["[x] a!b !(c) it's", '$HOME (1) {a,b} a+b.c'])(
  'Jest finds every test of a checkout in a folder named %s',
  name => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glasshouse-paths-'))
    const checkout = join(folder, name)
    try {
      for (const file of [...FILES, 'apps/a-service/dist/test/http/built.test.ts']) {
        mkdirSync(dirname(join(checkout, file)), { recursive: true })
        writeFileSync(join(checkout, file), '')
      }
      writeFileSync(join(checkout, 'package.json'), '{}')
      symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'))
      symlinkSync(join(ROOT, 'scripts/jest'), join(checkout, 'scripts/jest'))
      copyFileSync(join(ROOT, 'jest.config.js'), join(checkout, 'jest.config.js'))
      const jest = join(ROOT, 'node_modules/jest/bin/jest.js')
      const args = ['--listTests', '--json', '--selectProjects', 'unit', 'sqlite']
      const found = JSON.parse(
        execFileSync(process.execPath, [jest, ...args], { cwd: checkout, encoding: 'utf8', stdio: 'pipe' }),
      )
      expect(found.sort()).toEqual(FILES.map(file => join(checkout, file)))
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
