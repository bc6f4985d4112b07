/** When a form is refused because its session has changed, what was typed is not lost. */
import { signIn } from './support/people'
import { expect, test } from './support/test'

test('the page that refuses a form after the session has ended shows what was typed', async ({
  page,
  context,
  stack,
}) => {
  await page.goto(`${stack.clientApp}/trips`)
  await page.getByLabel('Name', { exact: true }).fill('A week in Wonderland')
  await page.getByLabel('First day').fill('2027-03-01')
  await context.clearCookies()
  await page.getByRole('button', { name: 'Start planning' }).click()
  await expect(page.getByRole('heading', { name: 'This form cannot be accepted' })).toBeVisible()
  await expect(page.getByText('A week in Wonderland', { exact: true }).first()).toBeVisible()
})

test('the page that refuses a registration after a sign-out shows what was typed', async ({
  page,
  context,
  stack,
  newcomer,
}) => {
  await page.goto(`${stack.authServer}/developer`)
  await signIn(page, newcomer)
  await page.getByLabel('Name').fill('An app of my own')
  await page.getByLabel('Redirect URIs').fill('https://app.example/callback')
  const tab = await context.newPage()
  await tab.goto(`${stack.authServer}/account`)
  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.waitForURL(/login/)
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByRole('heading', { name: 'You were signed out' })).toBeVisible()
  for (const typed of ['An app of my own', 'https://app.example/callback']) {
    await expect(page.getByRole('main').getByText(typed, { exact: true })).toBeVisible()
  }
})
