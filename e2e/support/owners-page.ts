/** What a user does on Glasshouse Calendar, the owner's page. */
import { expect, type Page } from '@playwright/test'
import { ALICE, signIn } from './people'
import type { Stack } from './stack'
import { step } from './step'

/** Opens the calendar and signs in. */
export async function openCalendar(page: Page, stack: Stack, who = ALICE, query = ''): Promise<void> {
  await step(page, 'Open Glasshouse Calendar', async () => {
    await page.goto(`${stack.calendarApi}/${query}`)
    await page.getByRole('button', { name: 'Sign in with Glasshouse Accounts' }).click()
  })
  await signIn(page, who)
  await expectOpen(page)
}

/** The calendar is shown, and listens for changes. */
export async function expectOpen(page: Page): Promise<void> {
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty()
}

export function drawn(page: Page, summary: string) {
  return page.locator('.drawn').filter({ hasText: summary })
}

export function dialog(page: Page) {
  return page.locator('#event-dialog')
}

/** What is filled in, besides the title: a label and a value each. */
export async function createEvent(page: Page, summary: string, fields: Record<string, string> = {}): Promise<void> {
  await step(page, `Create the event “${summary}”`, async () => {
    await page.getByRole('button', { name: 'New event' }).click()
    await fillIn(page, { Title: summary, ...fields })
    await save(page)
  })
}

export async function fillIn(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog(page).getByLabel(label, { exact: true })
    if ((await field.and(page.locator('select')).count()) > 0) await field.selectOption({ label: value })
    else await field.fill(value)
  }
}

export async function save(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Save' }).click()
}

/**
 * Saves, and waits until the page has drawn its events twice: because it saved, and because the stream told it of the change.
 * The second drawing would come between the moves of a mouse that is faster than any user's.
 */
export async function saveAndSettle(page: Page): Promise<void> {
  let [told, lists] = [false, 0]
  const settled = page.waitForResponse(response => {
    told ||= response.url().includes('/calendarList')
    if (/\/events\?/.test(response.url())) lists++
    return told && lists >= 2
  })
  await save(page)
  await settled
  await page.evaluate(
    'new Promise(resolve => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(resolve))))',
  )
}

/** Answers the question which events of a series are meant. */
export async function choose(
  page: Page,
  which: 'This event' | 'This and following events' | 'All events',
): Promise<void> {
  const question = page.locator('#scope-dialog')
  await question.getByLabel(which, { exact: true }).check()
  await question.getByRole('button', { name: 'Continue' }).click()
}

export function message(page: Page) {
  return page.locator('#toast')
}
