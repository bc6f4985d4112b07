/**
 * Playwright's `test`, with the services to run it against. `stack` serves all tests of one worker, one after the
 * other; what one test has alice allow, the next one finds allowed. `newcomer` is a user that no other test
 * uses, so its data is untouched. `freshStack` belongs to one test alone: for those
 * that stop a service, or need alice and bob as they are at the start.
 * `test.use({ stackEnv: { ACCESS_TOKEN_TTL: '2' } })` at the head of a file gives that file services of its own with
 * other settings.
 */
import { test as base } from '@playwright/test'
import { leaksInLab } from './lab-store'
import { type Newcomers, openNewcomers } from './newcomers'
import type { ALICE } from './people'
import { type Engine, type Stack, startStack } from './stack'
import { SLOW } from './step'

export { expect } from '@playwright/test'

interface ForOneTest {
  newcomer: typeof ALICE
  freshStack: Stack
  logsOnFailure: undefined
  nothingLeaksIntoTheLab: undefined
}

export interface ForOneWorker {
  /** Where the services keep their data; see stack.ts. `e2e/playwright.long.config.mts` says `postgres`. */
  engine: Engine
  /** Added to the services' environment, for `stack` and `freshStack` alike. */
  stackEnv: Record<string, string>
  stack: Stack
  newcomers: Newcomers
}

const LOG = { name: 'services.log', contentType: 'text/plain' }

export const test = base.extend<ForOneTest, ForOneWorker>({
  engine: ['sqlite', { option: true, scope: 'worker' }],
  stackEnv: [{}, { option: true, scope: 'worker' }],
  stack: [
    async ({ stackEnv, engine }, use) => {
      const stack = await startStack({ env: stackEnv, engine })
      await use(stack)
      await stack.close()
    },
    { scope: 'worker' },
  ],
  newcomers: [
    async ({ stack }, use) => {
      const newcomers = await openNewcomers(stack)
      await use(newcomers)
      await newcomers.close()
    },
    { scope: 'worker' },
  ],
  newcomer: async ({ newcomers }, use) => {
    await use(await newcomers.add())
  },
  /** In slow motion the mouse is shown, and what each action does; Playwright can do that only on pages with scripts. */
  page: async ({ page, javaScriptEnabled }, use) => {
    if (SLOW && javaScriptEnabled) await page.screencast.showActions()
    await use(page)
  },
  /** `page.goto('/')` opens Tripmate. */
  baseURL: async ({ stack }, use) => {
    await use(stack.clientApp)
  },
  freshStack: async ({ stackEnv, engine }, use, testInfo) => {
    const stack = await startStack({ env: stackEnv, engine })
    await use(stack)
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach(LOG.name, { ...LOG, body: stack.log() })
    base.expect(await leaksInLab(stack), 'what is in the Lab').toEqual([])
    await stack.close()
  },
  nothingLeaksIntoTheLab: [
    async ({ stack }, use) => {
      await use(undefined)
      base.expect(await leaksInLab(stack), 'what is in the Lab').toEqual([])
    },
    { auto: true },
  ],
  logsOnFailure: [
    async ({ stack }, use, testInfo) => {
      const before = stack.log().length
      await use(undefined)
      if (testInfo.status === testInfo.expectedStatus) return
      await testInfo.attach(LOG.name, { body: stack.log().slice(before), contentType: LOG.contentType })
    },
    { auto: true },
  ],
})
