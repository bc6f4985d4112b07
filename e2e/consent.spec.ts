import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { allow, chooseConnect, connect, signIn } from './support/people'
import { expect, test } from './support/test'

test('after Deny, Tripmate is not connected and says so', async ({ page, stack, newcomer }) => {
  await chooseConnect(page, stack)
  await signIn(page, newcomer)
  await page.getByRole('button', { name: 'Deny' }).click()
  await expect(page.getByRole('heading', { name: 'Calendar not connected' })).toBeVisible()
  await page.goto(stack.clientApp)
  await expect(page.getByRole('link', { name: 'Connect your calendar' })).toBeVisible()
})

test('alice can allow reading only, and allow writing later', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer, /Add and change events/)
  await expect(page.getByText('Tripmate may see your calendar but not change it')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add to calendar' })).toBeDisabled()
  await page.getByRole('link', { name: 'Ask again' }).click()
  await expect(page.getByRole('heading', { name: 'Tripmate asks for access' })).toBeVisible()
  await page.getByRole('checkbox', { name: /Add and change events/ }).check()
  await allow(page)
  await expect(page.getByRole('button', { name: 'Add to calendar' })).toBeEnabled()
})

test('a wrong password is refused, and the right one continues', async ({ page, stack, newcomer }) => {
  await chooseConnect(page, stack)
  await signIn(page, { ...newcomer, password: 'looking-glass' })
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByLabel('Username')).toHaveValue(newcomer.username)
  await page.getByLabel('Password').fill(newcomer.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
})

test('a signed-in user who has already approved the app is not asked again', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await page.goto(`${stack.clientApp}/connect`)
  await expect(page).toHaveURL(`${stack.clientApp}/`)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
})

test('the back button works through sign-in and consent, and forward again', async ({ page, stack, newcomer }) => {
  await chooseConnect(page, stack)
  await signIn(page, newcomer)
  await expect(page.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
  await page.goBack()
  await page.goForward()
  await expect(page.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
  await page.reload()
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
})

test('a second click after going back to the consent page does no harm', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await page.goBack()
  await expect(page).toHaveURL(address => address.origin !== 'null')
  const allowAgain = page.getByRole('button', { name: 'Allow' })
  if (await allowAgain.isVisible()) await allowAgain.click()
  await expect(page.locator('main')).not.toContainText('Something went wrong')
  await page.goto(stack.clientApp)
  await expect(page.getByRole('heading', { name: 'Your calendar', exact: true })).toBeVisible()
})

test('two tabs that connect at the same time each get their own answer', async ({ context, stack, newcomer }) => {
  const [one, other] = [await context.newPage(), await context.newPage()]
  await chooseConnect(one, stack)
  await chooseConnect(other, stack)
  await signIn(one, newcomer)
  await expect(one.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
  // The other tab's sign-in page was opened before the sign-in, but still works.
  await signIn(other, newcomer)
  await expect(other.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
  await one.getByRole('button', { name: 'Deny' }).click()
  await expect(one.getByRole('heading', { name: 'Calendar not connected' })).toBeVisible()
  await allow(other)
  await expect(other.getByText('Your calendar is connected.')).toBeVisible()
  await one.goto(stack.clientApp)
  await expect(one.getByRole('heading', { name: 'Your calendar', exact: true })).toBeVisible()
})

test('a response that this browser did not ask for is refused', async ({ page, stack }) => {
  await page.goto(`${stack.clientApp}/callback?code=stolen&state=made-up&iss=${stack.authServer}`)
  await expect(page.getByRole('heading', { name: 'This answer cannot be used' })).toBeVisible()
  await page.getByRole('link', { name: 'Connect again' }).click()
  await expect(page).toHaveTitle(/Sign in/)
})

for (const [what, change] of [
  ['an unknown client', { client_id: 'nobody' }],
  ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example/callback' }],
] as const) {
  test(`${what} is never redirected: a page says what is wrong`, async ({ page, stack }) => {
    const request = {
      response_type: 'code',
      client_id: 'tripmate',
      redirect_uri: `${stack.clientApp}/callback`,
      scope: 'calendar.read',
      state: 'xyz',
      ...change,
    }
    await page.goto(`${stack.authServer}/authorize?${new URLSearchParams(request)}`)
    await expect(page).toHaveURL(address => address.origin === stack.authServer)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('.error-status')).toContainText('400')
  })
}

test('a self-registered app cannot redirect a user with a request that is meant to fail', async ({
  page,
  request,
  stack,
}) => {
  const redirect_uri = 'https://holiday.example/cb'
  const data = { client_name: 'Holiday Helper', redirect_uris: [redirect_uri] }
  const { client_id } = await (await request.post(`${stack.authServer}/register`, { data })).json()
  const query = new URLSearchParams({ response_type: 'code', client_id, redirect_uri, scope: 'everything' })
  await page.goto(`${stack.authServer}/authorize?${query}`)
  await expect(page.getByRole('heading', { name: 'Holiday Helper asked for something it cannot have' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Go back to holiday.example' })).toHaveAttribute(
    'href',
    /error=invalid_scope/,
  )
})

test('no other site can show the sign-in or the consent page in a frame (RFC 9700 §4.16)', async ({
  page,
  stack,
  newcomer,
}) => {
  await chooseConnect(page, stack)
  await signIn(page, newcomer)
  await expect(page.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
  const elsewhere = await startTestServer()
  for (const framed of [page.url(), `${stack.authServer}/login`]) {
    elsewhere.answerWith((_request, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end(`<!doctype html><title>A game</title><iframe src="${framed}"></iframe>`)
    })
    const refused = page.waitForEvent('console', message => message.text().includes('frame-ancestors'))
    await page.goto(elsewhere.url)
    await refused
    await expect(page.frameLocator('iframe').locator('form')).toHaveCount(0)
  }
  await elsewhere.stop()
})
