/** After a service was down for a while, or was restarted, users can continue. */
import { connect, signIn } from '../support/people'
import { expect, test } from '../support/test'

test('when the authorization server fails between sign-in and token, Tripmate is not connected', async ({
  page,
  freshStack,
}) => {
  await page.goto(freshStack.clientApp)
  await page.getByRole('link', { name: 'Connect your calendar' }).click()
  await signIn(page)
  // The redirect is on its way to Tripmate when the server goes down.
  await page.route(`${freshStack.authServer}/consent?*`, async route => {
    const answer = await route.fetch({ maxRedirects: 0 })
    await freshStack.stop('authServer')
    await route.fulfill({ response: answer })
  })
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(page.getByRole('heading', { name: 'cannot be connected right now' })).toBeVisible()
  await freshStack.start('authServer')
  await page.unrouteAll()
  await page.getByRole('link', { name: 'Connect again' }).click()
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
})

test('the calendar accepts no token while it cannot find out which access was withdrawn', async ({
  page,
  freshStack,
}) => {
  await connect(page, freshStack)
  await freshStack.stop('authServer')
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('alert').first()).toContainText('refuses all apps right now', { timeout: 500 })
  }).toPass()
  await freshStack.start('authServer')
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Coming up' })).toBeVisible({ timeout: 500 })
  }).toPass()
})

test('users stay connected and keep their trips when Tripmate is restarted', async ({ page, freshStack }) => {
  await connect(page, freshStack)
  await page.goto(`${freshStack.clientApp}/trips`)
  await page.getByRole('button', { name: /Plan this trip.*Lisbon/ }).click()
  await freshStack.stop('clientApp')
  await freshStack.start('clientApp')
  await page.goto(freshStack.clientApp)
  await expect(page.getByRole('link', { name: 'Lisbon, a long weekend' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Coming up' })).toBeVisible()
})
