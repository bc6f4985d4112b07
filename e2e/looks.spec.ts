/** Every page, with its strip open, in light and dark, wide and narrow, is accessible, self-contained and small. */
import type { Page, Response } from '@playwright/test'
import { expectAccessible, expectToFit } from './support/accessible'
import { ALICE, addEvent, allow, chooseConnect, registerApp, signIn } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'
import { connectUnseen } from './support/unseen'

// axe checks every element, and the page with every message open has thousands.
test.setTimeout(90_000)

/** The largest allowed size of a page over the wire, in bytes, without the calendar widget. */
const MOST_BYTES = 150_000

interface Visit {
  page: Page
  stack: Stack
}

/** How to get to each page, from a browser without a session. */
const PAGES: [name: string, visit: (at: Visit) => Promise<unknown>][] = [
  ['Tripmate: start', ({ page, stack }) => page.goto(stack.clientApp)],
  ['Tripmate: trips', ({ page, stack }) => page.goto(`${stack.clientApp}/trips`)],
  ['Tripmate: a page that does not exist', ({ page, stack }) => page.goto(`${stack.clientApp}/nowhere`)],
  [
    'Tripmate: a response that was not asked for',
    ({ page, stack }) => page.goto(`${stack.clientApp}/callback?state=x`),
  ],
  ['Tripmate: a trip without a calendar', async ({ page, stack }) => planLisbon(page, stack)],
  [
    'Tripmate: an activity on a trip',
    async ({ page, stack }) => {
      await planLisbon(page, stack)
      await page.getByRole('link', { name: 'Tram 28' }).click()
    },
  ],
  [
    'Tripmate: deleting a trip',
    async ({ page, stack }) => {
      await planLisbon(page, stack)
      await page.getByText('Move, rename or delete this trip').click()
      await page.getByRole('link', { name: 'Delete trip' }).click()
    },
  ],
  [
    'Tripmate: denied',
    async ({ page, stack }) => {
      await askConsent(page, stack)
      await page.getByRole('button', { name: 'Deny' }).click()
      await expect(page.getByRole('heading', { name: 'Calendar not connected' })).toBeVisible()
    },
  ],
  ['Tripmate: connected', ({ page, stack }) => connect(page, stack)],
  ['Tripmate: allowed to read only', ({ page, stack }) => connect(page, stack, /Add and change/)],
  [
    'Tripmate: a trip with a connected calendar',
    async ({ page, stack }) => {
      await connect(page, stack)
      await planLisbon(page, stack)
      await page.getByRole('button', { name: 'Add Tram 28' }).click()
      await expect(page.getByText('1 event added')).toBeVisible()
    },
  ],
  [
    'Tripmate: an event',
    async ({ page, stack }) => {
      await connect(page, stack)
      await addEvent(page, 'Dinner with the Hatter')
      await page.locator('.agenda-rows').getByRole('link', { name: 'Dinner with the Hatter' }).first().click()
    },
  ],
  [
    'Tripmate: deleting an event',
    async ({ page, stack }) => {
      await connect(page, stack)
      await page.locator('.agenda-rows a').first().click()
      await page.getByRole('link', { name: 'Delete from calendar' }).click()
      await expect(page.getByRole('button', { name: 'Delete event' })).toBeVisible()
    },
  ],
  [
    'Tripmate: all events',
    async ({ page, stack }) => {
      await connect(page, stack)
      await page.getByRole('link', { name: 'All events' }).click()
      await expect(page.getByRole('heading', { name: 'All events' })).toBeVisible()
    },
  ],
  [
    'Tripmate: a form with an error',
    async ({ page, stack }) => {
      await connect(page, stack)
      await page.goto(`${stack.clientApp}/events/new`)
      await page.getByRole('textbox', { name: 'Name' }).fill('Dinner')
      await page.getByLabel('Ends').fill('2020-01-01T10:00')
      await page.getByRole('button', { name: 'Add to calendar' }).click()
      await expect(page.getByText('The end must be after the start.')).toBeVisible()
    },
  ],
  [
    'Tripmate: disconnecting',
    async ({ page, stack }) => {
      await connect(page, stack)
      await page.getByRole('link', { name: 'Disconnect' }).click()
    },
  ],
  ['Accounts: start', ({ page, stack }) => page.goto(stack.authServer)],
  ['Accounts: sign in', async ({ page, stack }) => chooseConnect(page, stack)],
  [
    'Accounts: a wrong password',
    async ({ page, stack }) => {
      await page.goto(`${stack.authServer}/login`)
      await signIn(page, { username: 'nobody', password: 'nothing', name: '' })
      await expect(page.getByRole('alert')).toBeVisible()
    },
  ],
  ['Accounts: consent', ({ page, stack }) => askConsent(page, stack)],
  [
    'Accounts: which apps have access',
    async ({ page, stack }) => {
      await connect(page, stack)
      await page.goto(`${stack.authServer}/account`)
      await expect(page.getByRole('heading', { name: 'Tripmate' })).toBeVisible()
    },
  ],
  ['Accounts: an app that was just registered', ({ page, stack }) => registerApp(page, stack)],
  [
    'Accounts: your apps, and a form with an error',
    async ({ page, stack }) => {
      await registerApp(page, stack)
      await page.getByRole('navigation').getByRole('link', { name: 'Your apps' }).click()
      await page.getByLabel('Name').fill('My next app')
      await page.getByLabel('Redirect URIs').fill('http://app.example/')
      await page.getByRole('button', { name: 'Register' }).click()
      await expect(page.getByText('Line 1 of the redirect URIs')).toBeVisible()
    },
  ],
  [
    'Accounts: deleting an app',
    async ({ page, stack }) => {
      await registerApp(page, stack)
      await page.getByRole('link', { name: 'Delete My first app' }).click()
      await expect(page.getByRole('heading', { name: 'Delete My first app?' })).toBeVisible()
    },
  ],
  [
    'Accounts: a refused form, with what was typed',
    async ({ page, stack }) => {
      await page.goto(`${stack.authServer}/developer`)
      await signIn(page)
      await page.getByLabel('Name').fill('My first app')
      await page.getByLabel('Redirect URIs').fill('https://app.example/callback')
      await page.context().clearCookies()
      await page.getByRole('button', { name: 'Register' }).click()
      await expect(page.getByRole('heading', { name: 'What you typed' })).toBeVisible()
    },
  ],
  [
    'Accounts: a request that cannot be trusted',
    ({ page, stack }) => page.goto(`${stack.authServer}/authorize?client_id=x`),
  ],
  [
    'Calendar: signed out',
    async ({ page, stack }) => {
      await page.goto(stack.calendarApi)
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    },
  ],
]

async function planLisbon(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.clientApp}/trips`)
  await page.getByRole('button', { name: /Plan this trip.*Lisbon/ }).click()
  await expect(page.getByRole('heading', { name: 'Lisbon, a long weekend' })).toBeVisible()
}

/** Steps 1 to 5, always with the consent page: an earlier test may have allowed access. */
async function connect(page: Page, stack: Stack, without?: RegExp): Promise<void> {
  if (without) {
    await askConsent(page, stack)
    await allow(page, without)
  } else {
    await connectUnseen(page, stack, ALICE)
    await page.goto(stack.clientApp)
  }
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
}

async function askConsent(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.clientApp}/connect?ask=write`)
  await signIn(page)
  await expect(page.getByRole('heading', { name: 'Tripmate asks' })).toBeVisible()
}

for (const [name, visit] of PAGES) {
  test(`${name}: accessible in light and dark, and no wider than a phone`, async ({ page, stack }) => {
    await visit({ page, stack })
    await page.locator('.strip-bar').click()
    await page.evaluate(`for (const one of document.querySelectorAll('.strip details')) one.open = true`)
    await expectAccessible(page)
  })
}

test('names and URLs without spaces stay within the page, even at 320 px', async ({ page, stack, newcomer }) => {
  const name = 'Donaudampfschifffahrtsgesellschaft'.repeat(3).slice(0, 100)
  const redirectUri = `https://app.example/${'callback'.repeat(40)}`
  const staysInside = async () => {
    for (const width of [390, 320]) await expectToFit(page, width)
  }
  await registerApp(page, stack, { who: newcomer, name, redirectUri })
  await staysInside()
  const app = page.url()
  const authorization = (await page.getByRole('link', { name: 'new tab' }).getAttribute('href')) ?? ''
  for (const address of [`${stack.authServer}/developer`, `${app}/delete`, `${app}/secret/new`]) {
    await page.goto(address)
    await staysInside()
  }
  // Errors of the user's own app are sent to it by redirect, so this needs an app that registered itself.
  const data = { client_name: name, redirect_uris: [redirectUri] }
  const { client_id } = await (await page.request.post(`${stack.authServer}/register`, { data })).json()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: redirectUri,
    scope: 'everything',
  })
  await page.goto(`${stack.authServer}/authorize?${query}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('asked for something it cannot have')
  await staysInside()
  await page.goto(authorization)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('asks for access')
  await staysInside()
  const atTheApp = page.waitForRequest('https://app.example/**') // where no server is
  await allow(page)
  await atTheApp
  await expect.poll(() => page.url()).toMatch(/^(https:\/\/app\.example|chrome-error:)/)
  await page.goto(`${stack.authServer}/account`)
  await expect(page.getByRole('heading', { level: 3 })).toContainText(name)
  await staysInside()
})

test('pages are small, and load only from their own service', async ({ page, stack }) => {
  await connect(page, stack)
  const addresses = ['/', '/trips'].map(path => stack.clientApp + path)
  for (const address of [...addresses, `${stack.authServer}/account`]) {
    // A new page in a context without a cache, so that everything comes over the wire.
    const context = await page
      .context()
      .browser()
      ?.newContext({ storageState: await page.context().storageState() })
    const visitor = await context?.newPage()
    if (!context || !visitor) throw new Error('there is no browser')
    const responses: Response[] = []
    visitor.on('response', response => responses.push(response))
    await visitor.goto(address, { waitUntil: 'load' })
    let bytes = 0
    for (const response of responses) {
      expect(new URL(response.url()).origin).toBe(new URL(address).origin)
      if (/\/assets\/(all|themes|skeleton)/.test(response.url())) continue
      const { responseBodySize, responseHeadersSize } = await response.request().sizes()
      bytes += responseBodySize + responseHeadersSize
    }
    expect(bytes, address).toBeLessThan(MOST_BYTES)
    await context.close()
  }
})
