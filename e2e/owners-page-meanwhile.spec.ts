/** Glasshouse Calendar, while another app changes it under the user's hands. */
import type { Browser, Page } from '@playwright/test'
import { createEvent, dialog, drawn, fillIn, message, openCalendar, save } from './support/owners-page'
import type { ALICE } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

// A week in which nothing else happens; the newcomer's calendar is empty.
const WEEK = '?view=week&date=2027-03-10'
const AT_TEN = { 'Starts on': '2027-03-10', 'Ends on': '2027-03-10' }

/** Opens the calendar, with Croquet in it, here and in another browser. @returns the page of the other one */
async function openTwice(page: Page, stack: Stack, who: typeof ALICE, browser: Browser): Promise<Page> {
  await openCalendar(page, stack, who, WEEK)
  await createEvent(page, 'Croquet', { ...AT_TEN })
  await expect(drawn(page, 'Croquet')).toHaveCount(1)
  const elsewhere = await (await browser.newContext()).newPage()
  await openCalendar(elsewhere, stack, who, WEEK)
  return elsewhere
}

test('a change that somebody else has made meanwhile is not overwritten unseen', async ({
  page,
  stack,
  newcomer,
  browser,
}) => {
  const elsewhere = await openTwice(page, stack, newcomer, browser)
  await drawn(page, 'Croquet').click()
  await drawn(elsewhere, 'Croquet').click()
  await fillIn(elsewhere, { Title: 'Croquet at noon' })
  await save(elsewhere)
  await expect(message(elsewhere)).toContainText('Saved')
  await fillIn(page, { Title: 'Croquet in the rain' })
  await save(page)
  await expect(dialog(page).getByRole('alert')).toContainText('An app has changed this event since you opened it')
  await save(page)
  await expect(drawn(page, 'Croquet in the rain')).toHaveCount(1)
  await elsewhere.context().close()
})

test('when events are drawn anew, no key is lost: the focus is back before the next one', async ({
  page,
  stack,
  newcomer,
  browser,
}) => {
  const elsewhere = await openTwice(page, stack, newcomer, browser)
  await drawn(page, 'Croquet').focus()
  await expect(drawn(page, 'Croquet')).toBeFocused()
  const seen = await page.evaluateHandle(watchFocus)
  await createEvent(elsewhere, 'Polo', { ...AT_TEN })
  await expect(drawn(page, 'Polo')).toHaveCount(1)
  await expect(drawn(page, 'Croquet')).toBeFocused()
  expect(await seen.jsonValue()).toEqual({ drawnAnew: true, away: false })
  await elsewhere.context().close()
})

/** Looks after each change of the calendar, before the browser can hand on a key, whether nothing has the focus. */
function watchFocus() {
  const first = document.activeElement
  const seen = { drawnAnew: false, away: false }
  const look = () => {
    seen.drawnAnew ||= !first?.isConnected
    seen.away ||= document.activeElement === document.body
  }
  const calendar = document.getElementById('widget') as HTMLElement
  new MutationObserver(() => queueMicrotask(look)).observe(calendar, { childList: true, subtree: true })
  return seen
}

test('a click is not lost if another app changes the calendar between press and release', async ({
  page,
  stack,
  newcomer,
  browser,
}) => {
  const elsewhere = await openTwice(page, stack, newcomer, browser)

  let answer = () => {}
  const held = new Promise<void>(resolve => {
    answer = resolve
  })
  await page.route(/\/events\?/, route => held.then(() => route.continue()))
  const asked = page.waitForRequest(/\/events\?/)
  await createEvent(elsewhere, 'Polo', { ...AT_TEN })
  const answered = (await asked).response()
  await drawn(page, 'Croquet').hover()
  await page.mouse.down()
  answer()
  await (await answered)?.finished()
  await page.evaluate('new Promise(resolve => setTimeout(() => requestAnimationFrame(resolve)))')
  await page.mouse.up()
  await expect(dialog(page)).toBeVisible()
  await expect(drawn(page, 'Polo')).toHaveCount(1)
  await elsewhere.context().close()
})
