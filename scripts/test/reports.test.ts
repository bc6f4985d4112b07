import { explainInstallFailure } from '../lib/install-failure.mjs'
import { readable } from '../lib/log-line.mjs'
import { chooseParts } from '../lib/parts.mjs'
import { countJest, countLastLine, countPlaywright } from '../lib/runners.mjs'

test.each([
  ['gyp ERR! stack Error: not found: make', /^A compiler is missing/],
  ['make: g++: No such file or directory', /^A compiler is missing/],
  ['/bin/sh: 1: g++: not found', /^A compiler is missing/],
  ['gyp ERR! find Python Could not find any Python installation to use', /^A compiler is missing/],
  ['gyp ERR! No Xcode or CLT version detected!', /^A compiler is missing/],
  [
    'gyp http GET https://nodejs.org/x-headers.tar.gz\ngyp ERR! stack is related to network connectivity.',
    /headers could not be downloaded/,
  ],
  ['npm error code ENOTFOUND\nnpm error network request to https://registry failed', /registry could not be reached/],
  ['spawn npx ENOENT', /^npx is missing/],
  [
    "npm error FetchError: Invalid response body: EACCES: permission denied, mkdir '/nonexistent'",
    /^npm and pnpm keep a cache .*Set HOME to a folder/,
  ],
  ['Error: ENOSPC: no space left on device', /disk is full/],
  [
    'something\nERR_PNPM_UNHEARD_OF  of this\n',
    /^Dependencies could not be installed: ERR_PNPM_UNHEARD_OF {2}of this$/,
  ],
  ['', /pnpm printed no reason/],
])('a failed install is one line that says what to do: %j', (output, advice) => {
  expect(explainInstallFailure(output)).toMatch(advice)
  expect(explainInstallFailure(output)).not.toContain('\n')
})

test('a path that make cannot handle is not mistaken for a missing compiler, and is named', () => {
  const output = 'prebuild-install warn install getaddrinfo ENOTFOUND github.com\ngyp ERR! build error'
  expect(explainInstallFailure(output, '/home/alice/my (test)/glasshouse')).toBe(
    'better-sqlite3 must be compiled on this machine, which fails in a folder with " " in its path: /home/alice/my (test)/glasshouse. Move the checkout to a path that contains only plain letters, digits, "-" and "_", then try again.',
  )
  expect(explainInstallFailure(output, '/home/alice/glasshouse-2.0_b')).not.toMatch(/path/)
  expect(explainInstallFailure(`${output}\ngyp ERR! stack Error: not found: make`, '/a b')).toMatch(/^A compiler/)
})

test('a build that failed to download a binary and then to compile reports the missing compiler', () => {
  const output = 'prebuild-install warn install getaddrinfo ENOTFOUND github.com\ngyp ERR! stack Error: not found: make'
  expect(explainInstallFailure(output)).toMatch(/^A compiler is missing/)
})

test.each([
  ['{"level":30,"time":1,"service":"x","msg":"listening","url":"http://localhost"}', 'listening at http://localhost'],
  [
    '{"level":40,"msg":"slow","error":{"message":"no answer","stack":"Error: no answer\\n at x"}}',
    'warning: slow: no answer',
  ],
  ['{"level":50,"msg":"broken","error":{"message":"m","stack":"Error: m\\n at x"}}', 'error: broken Error: m\n at x'],
  [
    '{"level":40,"msg":"refused","requestId":"7f3a","method":"POST","path":"/token","status":400,"refused":"invalid_grant","why":"the code was used","client":"tripmate"}',
    'refused POST /token with 400: the code was used (invalid_grant, client tripmate, request 7f3a)',
  ],
  [
    '{"level":40,"msg":"refused","status":431,"refused":"headers","why":"they are too long"}',
    'refused with 431: they are too long (headers)',
  ],
  ['{"level":60,"msg":"PORT is wrong"}', 'PORT is wrong'],
  ['{"not":"a log line"}', '{"not":"a log line"}'],
  ['{broken', '{broken'],
  ['plain words', 'plain words'],
])('a log line is readable: %j', (line, text) => {
  expect(readable(line).text).toBe(text)
})

test('only an error that ends a service or is a bug is repeated as its last error', () => {
  expect([30, 40, 50, 60].map(level => readable(JSON.stringify({ level, msg: 'x' })).isError)).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('a test file that cannot even be loaded counts as a failure', () => {
  expect(countJest({ numPassedTests: 7, numFailedTests: 1, numRuntimeErrorTestSuites: 1 })).toEqual({
    passed: 7,
    failed: 2,
  })
})

test('a flaky browser test, or an error outside any test, counts as a failure', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 0 }
  expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 5, failed: 3 })
})

test.each([
  [0, 'killed\n20 passed, 0 failed\n', { passed: 20, failed: 0 }],
  [1, '18 passed, 2 failed\n', { passed: 18, failed: 2 }],
  [1, '20 passed, 0 failed\n', { passed: 20, failed: 1 }],
  [1, 'Error: broken\n', { passed: 0, failed: 1 }],
  [0, '20 passed, 0 failed\nand then nothing more\n', { passed: 0, failed: 1 }],
])('exit code %d after %j counts as the last line says, or as a failure without such a line', (code, output, count) => {
  expect(countLastLine(code, output)).toEqual(count)
})

test('a part of a run is chosen by name, and an unknown name is refused with the list of parts', () => {
  const parts = { types: { title: '', run: jest.fn() }, e2e: { title: '', run: jest.fn() } }
  expect(chooseParts('npm test', parts, [])).toEqual(['types', 'e2e'])
  expect(chooseParts('npm test', parts, ['--only=e2e'])).toEqual(['e2e'])
  expect(() => chooseParts('npm test', parts, ['--only=toString'])).toThrow(/no part "toString".*types, e2e/)
  expect(() => chooseParts('npm test', parts, ['--all'])).toThrow(/has no option --all.*--only/)
})
