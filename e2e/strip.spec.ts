/** The see-through strip: it follows the user through the flow, never covers what has to be filled in, leads into the Lab. */
import type { Page } from '@playwright/test'
import { addEvent, allow, chooseConnect, connect, signIn } from './support/people'
import { expect, test } from './support/test'

const stripOf = (page: Page) => page.getByRole('complementary', { name: 'See-through' })
const barOf = (page: Page) => page.locator('.strip-bar')
const insideOf = (page: Page) => page.getByRole('region', { name: 'What just happened' })

/** The browser tells the page that the strip was opened or closed a moment later, and only then the page writes it down. */
const expectRemembered = (page: Page, open: boolean) =>
  expect.poll(async () => (await page.context().cookies()).some(({ name }) => name === 'glasshouse.strip')).toBe(open)

test('once opened it stays open through the flow, on all ports, until it is closed', async ({
  page,
  stack,
  newcomer,
}) => {
  await page.goto(stack.clientApp)
  await expect(stripOf(page)).toHaveText(/Show what was sent/)
  await expect(stripOf(page)).not.toContainText('of 7')
  await chooseConnect(page, stack)
  await barOf(page).click()
  await expect(insideOf(page)).toContainText('GET /authorize')
  await expectRemembered(page, true)
  await signIn(page, newcomer)
  await expect(insideOf(page)).toContainText('Only Glasshouse Accounts saw your password.')
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
  await expect(insideOf(page)).toContainText('Tripmate exchanged the code for tokens: 1 request')
  await addEvent(page, 'Dinner with the Hatter')
  await expect(insideOf(page)).toContainText('1 event was added: 1 request.')
  await expect(insideOf(page)).toContainText('POST /calendar/events')
  await page.waitForLoadState() // only then is the script there that hears the key
  await page.keyboard.press('Escape')
  await expect(insideOf(page)).toBeHidden()
  await expectRemembered(page, false)
  await page.reload()
  await expect(barOf(page)).toContainText('Step 6 of 7')
  await expect(insideOf(page)).toBeHidden()
})

test('says on a phone what its button does, and the button stays where it is', async ({ page, stack }) => {
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 740 })
    await chooseConnect(page, stack)
    const button = page.locator('.strip-toggle')
    await expect(button).toHaveText(/^Show what was sent/, { useInnerText: true })
    const before = await button.boundingBox()
    await barOf(page).click()
    await expect(button).toHaveText(/^Hide/, { useInnerText: true })
    const after = await button.boundingBox()
    if (!before || !after) throw new Error('there is no button')
    expect(after.y, `at ${width} px`).toBeCloseTo(before.y, 0)
    expect(after.x + after.width, `at ${width} px`).toBeCloseTo(before.x + before.width, 0)
    await barOf(page).click()
  }
})

test('stands beside the page on a wide screen, and covers no field', async ({ page, stack }) => {
  for (const width of [1100, 1280, 1920]) {
    await page.setViewportSize({ width, height: 740 })
    await chooseConnect(page, stack)
    if (!(await insideOf(page).isVisible())) await barOf(page).click()
    const inside = await insideOf(page).boundingBox()
    const main = await page.locator('main').boundingBox()
    if (!inside || !main) throw new Error('there is no page')
    expect(main.x + main.width, `at ${width} px`).toBeLessThanOrEqual(inside.x)
    expect(inside.y, `at ${width} px`).toBeLessThanOrEqual(0)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  }
})

test('what has the focus on a phone is above the open sheet', async ({ page, stack }) => {
  await page.setViewportSize({ width: 390, height: 740 })
  await chooseConnect(page, stack)
  await barOf(page).click()
  await expectRemembered(page, true)
  await page.reload()
  for (const field of [page.getByLabel('Password'), page.getByRole('button', { name: 'Sign in' })]) {
    await page.keyboard.press('Tab')
    await expect(field).toBeFocused()
    const [box, sheet] = [await field.boundingBox(), await insideOf(page).boundingBox()]
    if (!box || !sheet) throw new Error('there is no sheet')
    expect(box.y + box.height).toBeLessThanOrEqual(sheet.y + 1)
  }
})

test('at 400 % it is the end of the page and covers nothing', async ({ page, stack }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  await chooseConnect(page, stack)
  expect(await page.evaluate(`getComputedStyle(document.querySelector('.strip')).position`)).toBe('static')
})

test('is two keys away by keyboard', async ({ page, stack }) => {
  await page.goto(`${stack.clientApp}/trips`)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to See through' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(barOf(page)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(insideOf(page)).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  await expect(insideOf(page)).toBeHidden()
  await expect(barOf(page)).toBeFocused()
})

test('leads to exactly this exchange in the Lab', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await barOf(page).click()
  const link = insideOf(page).getByRole('link', { name: 'See this exchange in the Lab' })
  const exchange = new URL((await link.getAttribute('href')) ?? '').searchParams.get('exchange')
  const json = { headers: { Accept: 'application/json' } }
  const recorded = async () => {
    const [run] = await (await page.request.get(`${stack.lab}/runs`, json)).json()
    const { log } = await (await page.request.get(`${stack.lab}/runs/${run.id}.har`)).json()
    return log.entries.find(({ _id }: { _id: string }) => _id === exchange)?.request.url
  }
  await expect.poll(recorded).toBe(`${stack.clientApp}/`)
})

test('once connected, Tripmate links each of the seven steps to its messages in the Lab', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  const steps = page.getByRole('navigation', { name: 'How your calendar was connected' })
  await expect(steps.getByRole('listitem')).toHaveCount(7)
  await expect(steps.getByRole('link', { name: 'See the messages that made this happen' })).toHaveAttribute(
    'href',
    `${stack.lab}/runs/newest`,
  )
  await expect(steps.getByRole('link', { name: 'Access token request' })).toHaveAttribute(
    'href',
    `${stack.lab}/runs/newest#step-4`,
  )
})
