/** `127.0.0.1` and `accounts.localhost`, names of this machine, redirect to `localhost`; other names are refused. */
import { allow, signIn } from './support/people'
import { expect, test } from './support/test'

const by = (origin: string, hostname: string) => origin.replace('localhost', hostname)

test('a user who opens Tripmate at 127.0.0.1 is redirected to its own address, and can connect', async ({
  page,
  stack,
  newcomer,
}) => {
  await page.goto(`${by(stack.clientApp, '127.0.0.1')}/`)
  await expect(page).toHaveURL(`${stack.clientApp}/`)
  await page.getByRole('link', { name: 'Connect' }).first().click()
  await signIn(page, newcomer)
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
})

test('an authorization request at another name keeps its whole query and works', async ({ page, stack, newcomer }) => {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'tripmate',
    redirect_uri: `${stack.clientApp}/callback`,
    scope: 'calendar.read calendar.write',
    state: 'a+b/c d',
  })
  await page.goto(`${by(stack.authServer, 'accounts.localhost')}/authorize?${query}`)
  await expect(page).toHaveURL(url => url.origin === stack.authServer && url.pathname === '/login')
  await signIn(page, newcomer)
  const answered = page.waitForRequest(/\/callback\?/)
  await allow(page)
  expect(new URL((await answered).url()).searchParams.get('state')).toBe('a+b/c d')
})

test('every page keeps its path, and no cookie is left at the other name', async ({ page, context, stack }) => {
  for (const [origin, path] of [
    [stack.clientApp, '/trips'],
    [stack.authServer, '/login?next=developer'],
    [stack.calendarApi, '/'],
  ] as const) {
    await page.goto(by(origin, '127.0.0.1') + path)
    await expect(page).toHaveURL(origin + path)
    expect(await context.cookies(by(origin, '127.0.0.1'))).toEqual([])
  }
})

test('a host name that an attacker points to this machine is refused (DNS rebinding)', async ({
  playwright,
  launchOptions,
  stack,
}) => {
  const args = [...(launchOptions.args ?? []), '--host-resolver-rules=MAP evil.example 127.0.0.1']
  const browser = await playwright.chromium.launch({ ...launchOptions, args })
  const page = await browser.newPage()
  for (const origin of [stack.clientApp, stack.authServer, stack.calendarApi]) {
    const answer = await page.goto(`${by(origin, 'evil.example')}/`)
    expect(answer?.status()).toBe(421)
    await expect(page.getByRole('link')).toHaveText(`Go to ${origin}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText('This is not the address of')
    const styled = await page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")
    expect(styled).toBe('544px')
  }
  await browser.close()
})
