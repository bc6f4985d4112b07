import { allow, registerApp } from './support/people'
import { expect, test } from './support/test'

test('a developer can try out an app with the link and the commands on its page', async ({
  page,
  context,
  request,
  stack,
  newcomer,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await registerApp(page, stack, { who: newcomer })
  await page.getByRole('button', { name: 'Copy: Steps 4 and 5' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1)
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  expect(copied).toMatch(/^{\nCLIENT_SECRET='/)

  const opened = context.waitForEvent('page')
  await page.getByRole('link', { name: 'Open it in a new tab' }).click()
  const tab = await opened
  // Nothing listens there, so the browser shows an error page, but its address bar contains the code.
  const [answer] = await Promise.all([tab.waitForRequest(/\/callback\?code=/), allow(tab)])

  const form = {
    grant_type: 'authorization_code',
    code: new URL(answer.url()).searchParams.get('code') ?? '',
    redirect_uri: 'http://127.0.0.1:9999/callback',
    client_id: /client_id=(\w+)/.exec(copied)?.[1] ?? '',
    client_secret: /CLIENT_SECRET='([^']*)'/.exec(copied)?.[1] ?? '',
    code_verifier: /code_verifier=([\w-]+)/.exec(copied)?.[1] ?? '',
  }
  const tokens = await (await request.post(`${stack.authServer}/token`, { form })).json()
  expect(tokens).toHaveProperty('access_token')
})

test('a reload does not register the app again or create a new secret', async ({ page, stack, newcomer }) => {
  await registerApp(page, stack, { who: newcomer })
  const first = await page.locator('#client-secret').textContent()
  await page.reload()
  await expect(page.locator('#client-secret')).toHaveCount(0)
  await page.getByRole('link', { name: 'Make a new secret' }).click()
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  await expect(page.locator('#client-secret')).not.toHaveText(first ?? '')
  await page.reload()
  await expect(page.locator('#client-secret')).toHaveCount(0)
  await page.getByRole('navigation').getByRole('link', { name: 'Your apps' }).click()
  await expect(page.getByRole('article')).toHaveCount(1)
})

test('an invalid field far down the page gets the focus, even without scripts', async ({
  browser,
  stack,
  newcomer,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await registerApp(page, stack, { who: newcomer })
  await page.getByLabel('Redirect URIs').fill('http://app.example/')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  const field = page.getByLabel('Redirect URIs')
  await expect(field).toBeFocused()
  await expect(field).toBeInViewport()
  await expect(field).toHaveValue('http://app.example/')
  await expect(field).toHaveAccessibleDescription(/must be https/)
  await context.close()
})

test('another user can sign in from the consent page, and the code is then for that user', async ({
  page,
  stack,
  newcomers,
}) => {
  const [one, other] = [await newcomers.add(), await newcomers.add()]
  await page.goto(`${stack.clientApp}/connect`)
  await page.getByLabel('Username').fill(one.username)
  await page.getByLabel('Password').fill(one.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in as another user' }).click()
  await page.getByLabel('Username').fill(other.username)
  await page.getByLabel('Password').fill(other.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
  await page.goto(`${stack.authServer}/account`)
  await expect(page.getByRole('heading', { name: 'Tripmate' })).toBeVisible()
})
