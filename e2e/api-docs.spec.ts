/** The page to try the calendar API on: it signs in as a public client with PKCE, and nothing on it is from elsewhere. */
import type { Page } from '@playwright/test'
import { violations } from './support/accessible'
import { allow, signIn } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

// axe checks every element, and the viewer has thousands.
test.setTimeout(90_000)

const LIST = '#operations-events-listEvents'

async function openDocs(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.calendarApi}/docs`)
  await expect(page.locator(LIST)).toBeVisible()
}

/** From the page to the sign-in page, which opens in a new window. */
async function authorize(page: Page, stack: Stack): Promise<{ window: Page; state: string }> {
  await page.getByRole('button', { name: 'Authorize' }).click()
  const asked = page
    .context()
    .waitForEvent('request', request => request.url().startsWith(`${stack.authServer}/authorize`))
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click()
  const state = new URL((await asked).url()).searchParams.get('state') ?? ''
  return { window: await opened, state }
}

async function listEvents(page: Page): Promise<void> {
  await page.locator(`${LIST} .opblock-summary-control`).click()
  await page.locator(LIST).getByRole('button', { name: 'Execute' }).click()
}

test('alice signs in on the page through PKCE, asks for her events and sees one', async ({ page, stack }) => {
  const origins = new Set<string>()
  page.context().on('request', request => origins.add(new URL(request.url()).origin))
  const refused: string[] = []
  page.on('console', message => message.type() === 'error' && refused.push(message.text()))
  const tokenRequest = page.waitForRequest(`${stack.authServer}/token`)

  await openDocs(page, stack)
  const { window } = await authorize(page, stack)
  await signIn(window)
  await expect(window.getByRole('heading', { name: 'Calendar API page asks for access' })).toBeVisible()
  const closed = window.waitForEvent('close')
  await allow(window)
  await closed
  await page.getByRole('button', { name: 'Close' }).last().click()
  await listEvents(page)
  await expect(page.locator(`${LIST} .live-responses-table .response .response-col_status`)).toHaveText(/^200/)
  await expect(page.locator(`${LIST} .live-responses-table`)).toContainText('"summary": "Stand-up"')

  const sent = new URLSearchParams((await tokenRequest).postData() ?? '')
  expect(sent.get('client_id')).toBe('glasshouse-docs')
  expect(sent.get('client_secret')).toBeFalsy()
  expect(sent.get('code_verifier')).toMatch(/^[\w-]{43,}$/)
  expect([...origins].sort()).toEqual([stack.authServer, stack.calendarApi].sort())
  expect(refused).toEqual([])
})

test('if alice denies access, the page says so and has no token', async ({ page, stack, newcomer }) => {
  await openDocs(page, stack)
  const { window } = await authorize(page, stack)
  await signIn(window, newcomer)
  const closed = window.waitForEvent('close')
  await window.getByRole('button', { name: 'Deny' }).click()
  await closed
  await expect(page.locator('.auth-container')).toContainText('access_denied')
  await page.keyboard.press('Escape')
  await listEvents(page)
  await expect(page.locator(`${LIST} .live-responses-table .response .response-col_status`)).toHaveText(/^401/)
})

for (const [what, changes] of [
  ['with another state', { state: 'other' }],
  ['from another issuer (RFC 9207)', { iss: 'https://evil.example' }],
] as const) {
  test(`a response ${what} is refused, and its code is not redeemed`, async ({ page, stack }) => {
    let redeemed = false
    page.on('request', request => {
      redeemed ||= request.url().endsWith('/token')
    })
    await openDocs(page, stack)
    const { window, state } = await authorize(page, stack)
    const answer = { code: 'a-code', state, iss: stack.authServer, ...changes }
    const closed = window.waitForEvent('close')
    await window.evaluate(
      address => location.assign(address),
      `${stack.calendarApi}/docs/callback?${new URLSearchParams(answer)}`,
    )
    await closed
    await expect(page.locator('.auth-container')).toContainText('Try again')
    expect(redeemed).toBe(false)
  })
}

test('by keyboard: the dialog opens, Tab leads into it, Escape leads back, and a request can be sent', async ({
  page,
  stack,
}) => {
  await openDocs(page, stack)
  const button = page.getByRole('button', { name: 'Authorize' })
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('.modal-ux')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.locator('.modal-ux :focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(page.locator('.modal-ux')).toHaveCount(0)
  await expect(button).toBeFocused()
  await page.locator(`${LIST} .opblock-summary-control`).focus()
  await page.keyboard.press('Enter')
  // The viewer looks up what the operation takes, and then draws it, with its button, once more.
  await expect(page.locator(LIST).getByPlaceholder('timeMin')).toBeVisible()
  const execute = page.locator(LIST).getByRole('button', { name: 'Execute' })
  await execute.focus()
  await expect(execute).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator(`${LIST} .live-responses-table .response .response-col_status`)).toHaveText(/^401/)
})

test('accessible in light and dark, and no wider than a phone', async ({ page, stack }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await openDocs(page, stack)
  await listEvents(page)
  await expect(page.locator(`${LIST} .live-responses-table`)).toBeVisible()
  expect(await violations(page), 'light').toEqual([])
  await page.getByRole('button', { name: 'Authorize' }).click()
  expect(await violations(page), 'the dialog').toEqual([])
  await page.keyboard.press('Escape')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await violations(page), 'dark, at 390 px').toEqual([])
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
})
