/**
 * Playwright's `test`, with the services to run it against. `stack` serves all tests of one worker, one after the
 * other; what one test allows, the next one finds allowed. `freshStack` belongs to one test alone: for those that need
 * untouched data, or that stop a service. `test.use({ stackEnv: { ACCESS_TOKEN_TTL: '2' } })` at the head of a file
 * gives that file services of its own with other settings.
 */
import { test as base } from '@playwright/test'
import { type Stack, startStack } from './stack'

export { expect } from '@playwright/test'

interface ForOneTest {
  freshStack: Stack
  logsOnFailure: undefined
}

interface ForOneWorker {
  /** Added to the services' environment, for `stack` and `freshStack` alike. */
  stackEnv: Record<string, string>
  stack: Stack
}

const LOG = { name: 'services.log', contentType: 'text/plain' }

export const test = base.extend<ForOneTest, ForOneWorker>({
  stackEnv: [{}, { option: true, scope: 'worker' }],
  stack: [
    async ({ stackEnv }, use) => {
      const stack = await startStack({ env: stackEnv })
      await use(stack)
      await stack.close()
    },
    { scope: 'worker' },
  ],
  /** `page.goto('/')` opens Tripmate. */
  baseURL: async ({ stack }, use) => {
    await use(stack.clientApp)
  },
  freshStack: async ({ stackEnv }, use, testInfo) => {
    const stack = await startStack({ env: stackEnv })
    await use(stack)
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach(LOG.name, { ...LOG, body: stack.log() })
    await stack.close()
  },
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
