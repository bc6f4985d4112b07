/**
 * Playwright's `test`, with services to run against. All tests of one worker share `stack`, one after the other; if
 * alice allows access in one test, it is still allowed in the next. `newcomer` is a user that no other test uses.
 * `freshStack` is for one test only: one that stops a service, or needs alice and bob in their initial state.
 * `test.use({ stackEnv: { ACCESS_TOKEN_TTL: '2' } })` at the top of a file gives that file its own services with other
 * settings.
 */
import { test as base, type Page } from '@playwright/test'
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
  /** Where the services store their data; see stack.ts. `e2e/playwright.long.config.mts` sets `postgres`. */
  engine: Engine
  /** Added to the services' environment, for both `stack` and `freshStack`. */
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
  /** Slow motion shows the mouse and each action, which Playwright can do only on pages with scripts. */
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
    // It asks for `context` only so that its page is still open here.
    async ({ stack, browser, context: _open }, use, testInfo) => {
      const before = stack.log().length
      await use(undefined)
      if (testInfo.status === testInfo.expectedStatus) return
      for (const page of browser.contexts().flatMap(context => context.pages())) {
        await testInfo.attach(page.url(), { body: await beginningOf(page), contentType: LOG.contentType })
      }
      await testInfo.attach(LOG.name, { body: stack.log().slice(before), contentType: LOG.contentType })
    },
    { auto: true },
  ],
})

/** The first words that a page shows. The list of failures prints as much, where nobody can look at the screenshot. */
async function beginningOf(page: Page): Promise<string> {
  const text = await page.locator('main').textContent({ timeout: 1_000 }).catch(String)
  return (text ?? '').replace(/\s+/g, ' ').slice(0, 290)
}
