/** The parties on hosts of their own: no cookie is shared, so causes tie a run together. */
import type { Page } from '@playwright/test'
import { connect } from './support/people'
import { type Stack, startStack } from './support/stack'
import { expect, test } from './support/test'

/** Opens the Lab by the link on Tripmate's page, as somebody would whose Lab has another host. @returns the run's messages */
async function messagesOfRun(page: Page, stack: Stack): Promise<string[]> {
  const link = await page.locator(`a[href^="${stack.lab}/runs/newest?exchange="]`).first().getAttribute('href')
  let messages: string[] = []
  await expect(async () => {
    await page.goto(link ?? '')
    messages = await page.locator('.exchange > .arrow:first-child .arrow-path').allTextContents()
    expect(messages).toContain('/token')
  }).toPass()
  return messages
}

const SCENARIO = ['/connect', '/authorize', '/login', '/consent', '/callback', '/token', '/calendar/events']

for (const [where, hosts] of [
  ['the Lab', { lab: '127.0.0.1' }],
  ['Tripmate', { clientApp: '127.0.0.1' }],
] as const) {
  test(`${where} has another host than the others: the run is whole, and another browser does not see it`, async ({
    page,
    browser,
  }) => {
    const stack = await startStack({ hosts })
    try {
      await connect(page, stack)
      const messages = await messagesOfRun(page, stack)
      for (const path of SCENARIO) expect(messages).toContain(path)
      const stranger = await (await browser.newContext()).newPage()
      await stranger.goto(stack.clientApp)
      expect((await stranger.goto(page.url()))?.status()).toBe(404)
      await stranger.context().close()
    } finally {
      await stack.close()
    }
  })
}
