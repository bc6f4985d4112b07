/**
 * The scenario in a browser. `npm test` and `npm run e2e` name the browser in PLAYWRIGHT_BROWSER; without it, this file
 * looks for one. `npm run e2e -- --slow` sets E2E_SLOW, `-- --report` sets E2E_REPORT.
 */
import { defineConfig, type ReporterDescription } from '@playwright/test'
import { browsersOnThisMachine, launchArguments, playwrightHasItsOwn } from '../scripts/lib/browser.mjs'

const executablePath =
  process.env.PLAYWRIGHT_BROWSER || (playwrightHasItsOwn() ? undefined : browsersOnThisMachine()[0])

/** Slow motion: a pace that you can follow, one test after the other. */
const slow = process.env.E2E_SLOW === '1'
const withReport = process.env.E2E_REPORT === '1'

/** What takes long and is seldom touched: the Lab's rooms, the calendar's pages, chains of redirects, another language, and every page in every look. */
const PAGES = ['lab-*', 'api-docs', 'google-python', 'looks', 'owners-page*', 'redirects-after-forms'].map(
  name => `**/${name}.spec.ts`,
)

const reporter: ReporterDescription[] = [['list']]
if (process.env.PLAYWRIGHT_JSON_OUTPUT_FILE) reporter.push(['json'])
if (withReport) reporter.push(['html', { outputFolder: 'playwright-report', open: 'never' }])

export default defineConfig({
  testDir: '.',
  testIgnore: '**/long/**', // they have a configuration of their own
  outputDir: 'test-results',
  fullyParallel: true,
  workers: slow ? 1 : 3, // with two workers, two cores are a third idle, because the workers wait for pages and services
  retries: 0,
  // Only a test that hangs takes so long; on a machine with other work, one that does not hang needs patience.
  timeout: slow ? 120_000 : 60_000,
  expect: { timeout: 10_000 },
  reporter,
  // `npm test` runs the flows, `npm run test:long` the pages, `npm run e2e` both.
  projects: [
    { name: 'flows', testMatch: '**/*.spec.ts', testIgnore: [...PAGES, '**/long/**'] },
    { name: 'pages', testMatch: PAGES },
  ],
  use: {
    browserName: 'chromium',
    launchOptions: { ...(executablePath && { executablePath }), args: launchArguments(), ...(slow && { slowMo: 400 }) },
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: withReport ? 'on' : 'only-on-failure',
  },
})
