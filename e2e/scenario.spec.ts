import { addEvent, allow, BOB, chooseConnect, connect, eventNamed, signIn } from './support/people'
import { step } from './support/step'
import { expect, test } from './support/test'

test('Tripmate asks alice for access to her calendar, and adds an event on her behalf', async ({
  page,
  freshStack,
}) => {
  const hosts = new Set<string>()
  const complaints: string[] = []
  page.on('request', request => hosts.add(new URL(request.url()).origin))
  page.on('console', message => message.type() !== 'log' && complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  const strip = page.getByRole('complementary', { name: 'See-through' })

  await step(page, '1 · Tripmate sends her to the authorization server', async () => {
    await page.goto(freshStack.clientApp)
    await page.getByRole('link', { name: 'Connect your calendar' }).click()
    await expect(page).toHaveTitle(/Sign in · Glasshouse Accounts/)
    await strip.locator('.strip-bar').click()
    await expect(strip).toContainText('code_challenge')
    await expect(strip).toContainText('RFC 7636')
  })

  await step(page, '2 · she signs in there, and is asked for consent', async () => {
    await signIn(page)
    await expect(page.getByRole('heading', { name: 'Tripmate asks for access to your calendar' })).toBeVisible()
    await expect(page.getByRole('checkbox')).toHaveCount(2)
    await expect(strip).toContainText('Step 2 of 7')
    await allow(page)
  })

  await step(page, '3, 4, 5 · she is back, and Tripmate has its tokens', async () => {
    await expect(page).toHaveURL(`${freshStack.clientApp}/`)
    await expect(page.getByText('Your calendar is connected.')).toBeVisible()
  })

  await step(page, '6 · Tripmate shows her events and adds a new one', async () => {
    await addEvent(page, 'Dinner with the Hatter')
    await expect(page.getByText('“Dinner with the Hatter” is in your calendar.')).toBeVisible()
    await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
    await expect(page.locator('.calendar-widget').getByText('Dinner with the Hatter')).toBeVisible()
  })

  await step(page, 'the event can be moved and deleted', async () => {
    await eventNamed(page, 'Dinner with the Hatter').click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Supper with the Hatter')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await eventNamed(page, 'Supper with the Hatter').click()
    await page.getByRole('link', { name: 'Delete from calendar' }).click()
    await page.getByRole('button', { name: 'Delete event' }).click()
    await expect(page.getByText('The event was deleted from your calendar.')).toBeVisible()
    await expect(eventNamed(page, 'Supper with the Hatter')).toHaveCount(0)
  })

  expect([...hosts].sort()).toEqual([freshStack.clientApp, freshStack.authServer].sort())
  expect(complaints).toEqual([])
})

test('a whole trip goes into the calendar, and moves there when the trip moves', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await page.getByRole('navigation').getByRole('link', { name: 'Trips' }).click()
  await page.getByRole('button', { name: /Plan this trip.*Lisbon/ }).click()
  await page.getByRole('button', { name: 'Add the whole trip to your calendar' }).click()
  await expect(page.getByText('8 events added to your calendar.')).toBeVisible()
  await expect(page.locator('.calendar-widget').getByText('Alfama and the castle')).toBeVisible()
  await page.getByText('Move, rename or delete this trip').click()
  const firstDay = page.getByLabel('First day')
  const day = new Date(`${await firstDay.inputValue()}T00:00:00Z`)
  await firstDay.fill(new Date(day.getTime() + 7 * 86_400_000).toISOString().slice(0, 10))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Update 8 events' }).click()
  await expect(page.getByText('8 events updated in your calendar.')).toBeVisible()
})

test('alice and bob, each in their own browser, see only their own events', async ({ browser, freshStack }) => {
  const [alices, bobs] = [await browser.newPage(), await browser.newPage()]
  await Promise.all([connect(alices, freshStack), connect(bobs, freshStack, BOB)])
  await addEvent(alices, 'Croquet with the Queen')
  await addEvent(bobs, 'Fix the roof')
  await expect(eventNamed(alices, 'Croquet with the Queen')).toBeVisible()
  await expect(eventNamed(bobs, 'Fix the roof')).toBeVisible()
  await expect(eventNamed(bobs, 'Croquet with the Queen')).toHaveCount(0)
  await expect(eventNamed(alices, 'Fix the roof')).toHaveCount(0)
  await bobs.goto(await eventNamed(alices, 'Croquet with the Queen').evaluate(link => (link as HTMLAnchorElement).href))
  await expect(bobs.getByRole('heading', { name: 'This event is not in your calendar' })).toBeVisible()
  await alices.close()
  await bobs.close()
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the whole scenario works', async ({ page, stack, newcomer }) => {
    await chooseConnect(page, stack)
    const strip = page.getByRole('complementary', { name: 'See-through' })
    await strip.locator('.strip-bar').click()
    await expect(strip).toContainText('GET /authorize')
    await signIn(page, newcomer)
    await allow(page)
    await expect(page.getByText('Your calendar is connected.')).toBeVisible()
    await addEvent(page, 'Dinner with the Hatter')
    await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
    await page.getByRole('link', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect(page.getByText('Your calendar is disconnected.')).toBeVisible()
  })
})

test('the whole scenario works by keyboard alone', async ({ page, stack, newcomer }) => {
  await page.goto(stack.clientApp)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Connect your calendar' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Username')).toBeFocused()
  await page.keyboard.type(newcomer.username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(newcomer.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
  await page.getByRole('checkbox', { name: 'See your calendar' }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Allow' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Tripmate may see your calendar but not change it')).toBeVisible()
})
