/** How `npm run e2e` reads its command line. */
import { readCommandLine } from '../lib/e2e.mjs'

const FILES = ['consent', 'scenario', 'single-page-app']
const WITH_DISPLAY = { DISPLAY: ':0' }
const read = (args: string[], env: NodeJS.ProcessEnv = WITH_DISPLAY, platform: NodeJS.Platform = 'linux') =>
  readCommandLine(args, FILES, env, platform)

test('without options every test runs, without showing the browser', () => {
  expect(read([], {})).toEqual({ args: [], env: {}, ui: false, visible: false, report: false })
})

test.each(['scenario', 'scenario.spec.ts', 'e2e/scenario.spec.ts'])('%s runs only that file', name => {
  const { args } = read([name])
  const [pattern = ''] = args
  expect(args).toHaveLength(1)
  expect('/home/scenario/e2e/scenario.spec.ts').toMatch(new RegExp(pattern))
  expect('C:\\home\\e2e\\scenario.spec.ts').toMatch(new RegExp(pattern))
  expect('/home/scenario/e2e/consent.spec.ts').not.toMatch(new RegExp(pattern))
  expect('/home/e2e/another-scenario.spec.ts').not.toMatch(new RegExp(pattern))
})

test.each([
  [['--headed'], ['--headed'], {}, true],
  [['--headed', '--slow'], ['--headed'], { E2E_SLOW: '1' }, true],
  [['--slow'], ['--headed'], { E2E_SLOW: '1' }, true],
  [['--ui'], ['--ui'], {}, true],
  [['--report'], [], { E2E_REPORT: '1' }, false],
])('%j', (given, args, env, visible) => {
  expect(read(given)).toMatchObject({ args, env, visible })
})

test.each([
  ['--headless', /has no option --headless.*--headed, --slow, --ui, --report/],
  ['-x', /has no option -x.*--headed/],
  ['scenari', /no end-to-end test "scenari".*consent, scenario, single-page-app/],
])('%s is refused, with a list of what is possible', (arg, refusal) => {
  expect(() => read([arg])).toThrow(refusal)
})

test.each(['--headed', '--slow', '--ui'])(
  '%s on a machine without a display is refused in one line that says what to do',
  option => {
    expect(() => read([option], {})).toThrow(/^This machine has no display .* --report/)
    expect(() => read([option], {})).not.toThrow(/\n/)
    expect(read([option], { WAYLAND_DISPLAY: 'wayland-0' }).args).toHaveLength(1)
    expect(read([option], {}, 'darwin').args).toHaveLength(1)
  },
)
