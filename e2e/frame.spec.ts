/** The header and footer of every page hold together at every width. */
import type { Page } from '@playwright/test'
import { connect, registerApp } from './support/people'
import { expect, test } from './support/test'

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`there is no ${selector}`)
  return box
}

test('the user’s name is beside the service’s name at every width, never on its own line', async ({
  page,
  stack,
  newcomer,
}) => {
  await registerApp(page, stack, { who: newcomer })
  for (let width = 320; width <= 1280; width += 40) {
    await page.setViewportSize({ width, height: 800 })
    const [brand, account] = [await boxOf(page, '.brand'), await boxOf(page, '.account')]
    expect(account.y, `at ${width} px`).toBeLessThan(brand.y + brand.height)
    expect(account.x, `at ${width} px`).toBeGreaterThanOrEqual(brand.x + brand.width)
  }
})

test('the footer is aligned with the page, on narrow and on wide pages', async ({ page, stack, newcomer }) => {
  await page.setViewportSize({ width: 1600, height: 900 })
  await connect(page, stack, newcomer)
  for (const address of [stack.clientApp, `${stack.clientApp}/trips`, `${stack.authServer}/account`]) {
    await page.goto(address)
    const [main, footer] = [await boxOf(page, 'main'), await boxOf(page, '.site-footer')]
    expect([footer.x, footer.width], address).toEqual([main.x, main.width])
  }
})

test('the decorative panes end with the header, so they never cross text', async ({ page, stack }) => {
  await page.goto(`${stack.calendarApi}/docs`)
  const { overflow, border } = await page.evaluate<{ overflow: string; border: string }>(`({
    overflow: getComputedStyle(document.querySelector('.site-header')).overflowY,
    border: getComputedStyle(document.querySelector('.site-header'), '::before').borderTopStyle,
  })`)
  expect([overflow, border]).toEqual(['clip', 'none'])
})
