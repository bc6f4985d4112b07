/** The Lab's pages about the source: with and without a script, wide and narrow, by keyboard, and for a screen reader. */
import { violations } from './support/accessible'
import { connect } from './support/people'
import { step } from './support/step'
import { expect, test } from './support/test'

const STEPS = '/source/docs/the-seven-steps.md'
const FILE = /endpoints\/token\.ts$/

test.describe('on a wide screen', () => {
  test.use({ viewport: { width: 1280, height: 800 } })

  test('a file that the tour speaks of opens beside it, and closes again', async ({ page, stack }) => {
    await page.goto(stack.lab + STEPS)
    const link = page.getByRole('article').getByRole('link', { name: 'apps/auth-server/src/endpoints/token.ts' })
    const pane = page.getByRole('complementary', { name: 'The file beside the text' })
    await step(page, 'Open it with the keyboard', async () => {
      await link.focus()
      await page.keyboard.press('Enter')
      await expect(pane.getByText('The token endpoint')).toBeVisible()
      await expect(page).toHaveURL(stack.lab + STEPS)
    })
    expect(await violations(page)).toEqual([])
    await step(page, 'Open another one with the mouse', async () => {
      await page.getByRole('link', { name: 'pages/login.ts' }).click()
      await expect(pane.getByRole('link', { name: 'apps/auth-server/src/pages/login.ts' })).toBeVisible()
    })
    await step(page, 'Close it with Escape', async () => {
      await page.keyboard.press('Escape')
      await expect(pane).toHaveCount(0)
      await expect(page.getByRole('link', { name: 'pages/login.ts' })).toBeFocused()
    })
  })

  test.describe('without JavaScript', () => {
    test.use({ javaScriptEnabled: false })

    test('it is a link like any other', async ({ page, stack }) => {
      await page.goto(stack.lab + STEPS)
      await page.getByRole('link', { name: 'apps/auth-server/src/endpoints/token.ts' }).click()
      await expect(page).toHaveURL(FILE)
      await expect(page.getByRole('heading', { level: 1, name: 'token.ts' })).toBeVisible()
    })
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 800 } })

  test('a file is a page of its own, and no line is wider than the screen', async ({ page, stack }) => {
    await page.goto(stack.lab + STEPS)
    await page.getByRole('link', { name: 'apps/auth-server/src/endpoints/token.ts' }).click()
    await expect(page).toHaveURL(FILE)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })
})

test('a line has an address, and a check on it leads back to the message that reached it', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await expect
    .poll(async () => {
      await page.goto(`${stack.lab}/source/apps/auth-server/src/protocol/pkce.ts#L66`)
      return page.locator('.check-note', { hasText: 'is the code_challenge of step 1' }).getByText('1 message').count()
    })
    .toBe(1)
  await expect(page.locator('#L66')).toBeInViewport()
  const note = page.locator('.check-note', { hasText: 'is the code_challenge of step 1' })
  await note.locator('summary').click()
  const back = note.getByRole('link', { name: 'POST /token' })
  await expect(note).toContainText(/POST \/token at [\d:]+ passed/)
  await expect(back).toHaveAttribute('href', /^\/runs\/[\w-]+\/messages\/[\da-f]{16}$/)
})

/** Short ones: every word of a file has a colour to be checked. */
const PAGES = ['/source/apps/lab/src', STEPS, '/source/apps/auth-server/src/endpoints/token.ts']

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme })

    for (const path of PAGES) {
      test(`${path} has no violation of accessibility rules`, async ({ page, stack }) => {
        await page.goto(stack.lab + path)
        for (const summary of (await page.locator('.check-note summary').all()).slice(0, 2)) await summary.click()
        expect(await violations(page)).toEqual([])
      })
    }
  })
}
