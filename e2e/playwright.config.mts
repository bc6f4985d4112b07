/** The scenario in a browser. `npm test` names the browser in PLAYWRIGHT_BROWSER; alone, this finds one by itself. */
import { defineConfig } from '@playwright/test'
import { browsersOnThisMachine, launchArguments, playwrightHasItsOwn } from '../scripts/lib/browser.mjs'

const executablePath =
  process.env.PLAYWRIGHT_BROWSER || (playwrightHasItsOwn() ? undefined : browsersOnThisMachine()[0])

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 30_000,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { ...(executablePath && { executablePath }), args: launchArguments() },
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
})
