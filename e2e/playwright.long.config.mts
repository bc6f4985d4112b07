/**
 * Repeats the most important end-to-end tests on PostgreSQL, with two copies of each service behind a load balancer, and
 * adds those that only make sense there. `npm run test:long` runs it.
 */
import { defineConfig } from '@playwright/test'
import base from './playwright.config.mjs'
import type { ForOneWorker } from './support/test.js'

export default defineConfig<object, ForOneWorker>({
  ...(base as object),
  projects: [{ name: 'long' }], // in place of those of the base
  testMatch: [
    'scenario',
    'expiry',
    'lifetime',
    'lab-watch',
    'mcp',
    'google*',
    'owners-page*',
    'repeating',
    'long/*',
  ].map(name => `**/${name}.spec.ts`),
  testIgnore: [],
  // A test may start seven processes in addition to the browser.
  timeout: 120_000,
  use: { ...base.use, engine: 'postgres' },
})
