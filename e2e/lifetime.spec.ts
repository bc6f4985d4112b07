import { addEvent, connect, eventNamed } from './support/people'
import { expect, test } from './support/test'

test('access that is withdrawn on the account page ends at once, and Tripmate keeps what was typed', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  const account = await page.context().newPage()
  await account.goto(`${stack.authServer}/account`)
  await expect(account.getByRole('heading', { name: 'Tripmate' })).toBeVisible()
  await account.getByRole('button', { name: 'Withdraw access of Tripmate' }).click()
  await expect(account.getByText('no longer has access')).toBeVisible()
  await expect(account.getByText('No app has access.')).toBeVisible()

  await addEvent(page, 'Dinner with the Hatter')
  await expect(page.getByRole('alert')).toContainText('Your calendar connection has ended')
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Dinner with the Hatter')
  await page.getByRole('link', { name: 'Connect again' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(page.getByText('Here is the event “Dinner with the Hatter” again.')).toBeVisible()
  await page.getByRole('button', { name: 'Add to calendar' }).click()
  await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
})

test('disconnecting revokes the tokens, and connecting again gets new ones', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await page.getByRole('link', { name: 'Disconnect' }).click()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByText('Your calendar is disconnected.')).toBeVisible()
  await page.getByRole('link', { name: 'Connect your calendar' }).click()
  const allow = page.getByRole('button', { name: 'Allow' })
  const connected = page.getByText('Your calendar is connected.')
  await expect(allow.or(connected)).toBeVisible()
  if (await allow.isVisible()) await allow.click()
  await expect(connected).toBeVisible()
})
