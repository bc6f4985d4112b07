/**
 * The core of the end-to-end tests once more, on PostgreSQL and with two copies of each service behind a balancer; and what
 * only happens there. `npm run test:long` runs it.
 */
import { defineConfig } from '@playwright/test'
import base from './playwright.config.mjs'
import type { ForOneWorker } from './support/test.js'

export default defineConfig<object, ForOneWorker>({
  ...(base as object),
  testMatch: ['scenario', 'expiry', 'lifetime', 'outage', 'long/*'].map(name => `**/${name}.spec.ts`),
  testIgnore: [],
  // A test may start seven processes beside the browser.
  timeout: 60_000,
  use: { ...base.use, engine: 'postgres' },
})
