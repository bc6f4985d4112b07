/** One service is down. The slower tests of this are in one-service-down.spec.ts. */
import { addEvent, connect, eventNamed } from '../support/people'
import { expect, test } from '../support/test'

test('when the authorization server is down, Tripmate says so, and works again when it is back', async ({
  page,
  freshStack,
}) => {
  await freshStack.stop('authServer')
  await page.goto(freshStack.clientApp)
  await page.getByRole('link', { name: 'Connect your calendar' }).click()
  await expect(page.getByRole('heading', { name: 'Your calendar cannot be connected right now' })).toBeVisible()
  await freshStack.start('authServer')
  await page.getByRole('link', { name: 'Try again' }).click()
  await expect(page).toHaveTitle(/Sign in/)
})

test('when the calendar is down, the page says so, and what was typed can be sent when it is back', async ({
  page,
  freshStack,
}) => {
  await connect(page, freshStack)
  await freshStack.stop('calendarApi')
  await addEvent(page, 'Dinner with the Hatter')
  await expect(page.getByRole('alert')).toContainText('Your calendar cannot be reached')
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Dinner with the Hatter')
  await freshStack.start('calendarApi')
  await page.getByRole('button', { name: 'Add to calendar' }).click()
  await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
})
