/** What users do, in their words. */
import { expect, type Page } from '@playwright/test'
import type { Stack } from './stack'
import { step } from './step'

export const ALICE = { username: 'alice', password: 'wonderland', name: 'Alice Liddell' }
export const BOB = { username: 'bob', password: 'builder', name: 'Bob Builder' }

/** From Tripmate's start page to the sign-in page of Glasshouse Accounts. */
export function chooseConnect(page: Page, stack: Stack): Promise<void> {
  return step(page, 'Choose Connect at Tripmate', async () => {
    await page.goto(stack.clientApp)
    await page.getByRole('link', { name: 'Connect' }).first().click()
    await page.waitForURL(address => address.origin === stack.authServer) // and until it is loaded, with its scripts
  })
}

export function signIn(page: Page, who = ALICE): Promise<void> {
  return step(page, `Sign in at Glasshouse Accounts as ${who.name}`, async () => {
    await page.getByLabel('Username').fill(who.username)
    await page.getByLabel('Password').fill(who.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  })
}

/** @param without the permission to untick first */
export function allow(page: Page, without?: RegExp): Promise<void> {
  return step(page, without ? 'Allow a part of what Tripmate asks for' : 'Allow what Tripmate asks for', async () => {
    if (without) await page.getByRole('checkbox', { name: without }).uncheck()
    const button = page.getByRole('button', { name: 'Allow' })
    await expect(button).toBeVisible()
    await page.waitForLoadState() // with its scripts
    await button.click()
  })
}

/** Steps 1 to 5. */
export async function connect(page: Page, stack: Stack, who = ALICE, without?: RegExp): Promise<void> {
  await chooseConnect(page, stack)
  await signIn(page, who)
  await allow(page, without)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
}

export function addEvent(page: Page, summary: string): Promise<void> {
  return step(page, `Add the event “${summary}”`, async () => {
    await page.getByRole('textbox', { name: 'Name' }).fill(summary)
    await page.getByRole('button', { name: 'Add to calendar' }).click()
  })
}

/** The event's line in the list, which is there with and without scripts. */
export function eventNamed(page: Page, summary: string) {
  return page.locator('.agenda-rows').getByRole('link', { name: summary })
}

/** Signs in at the developer page and registers an app there. Ends at the app's page. */
export async function registerApp(
  page: Page,
  stack: Stack,
  { who = ALICE, name = 'My first app', redirectUri = 'http://127.0.0.1:9999/callback', isPublic = false } = {},
): Promise<void> {
  await page.goto(`${stack.authServer}/developer`)
  await signIn(page, who)
  await step(page, `Register the app “${name}”`, async () => {
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Redirect URIs').fill(redirectUri)
    if (isPublic) await page.getByLabel('It runs in a browser').check()
    await page.getByRole('button', { name: 'Register' }).click()
    await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()
  })
}
