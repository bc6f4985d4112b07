/** Glasshouse Calendar: moving events with the mouse. */
import type { Page } from '@playwright/test'
import { createEvent, dialog, drawn, fillIn, message, openCalendar, saveAndSettle } from './support/owners-page'
import { expect, test } from './support/test'

// A week in which nothing else happens; the newcomer's calendar is empty.
const WEEK = '?view=week&date=2027-03-10'

/** Creates an event of one hour, from ten to eleven. */
async function createCroquet(page: Page) {
  await page.getByRole('button', { name: 'New event' }).click()
  await fillIn(page, { Title: 'Croquet', 'Starts on': '2027-03-10', 'Ends on': '2027-03-10' })
  await dialog(page).locator('#event-start-time').fill('10:00')
  await dialog(page).locator('#event-end-time').fill('11:00')
  await saveAndSettle(page)
}

/** Takes hold of the event. @returns a function that drags it to so many hours later than it was, and does not let go */
async function dragCroquet(page: Page): Promise<(hours: number) => Promise<void>> {
  const box = await drawn(page, 'Croquet').boundingBox()
  if (!box) throw new Error('the event is not drawn')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  // An hour is as tall as this event.
  return hours => page.mouse.move(x, y + hours * box.height, { steps: 5 })
}

test('an event is moved with the mouse', async ({ page, stack, newcomer }) => {
  await openCalendar(page, stack, newcomer, WEEK)
  await createCroquet(page)
  const drag = await dragCroquet(page)
  await drag(1)
  await drag(2)
  await page.mouse.up()
  await expect(message(page)).toContainText('Moved “Croquet”')
  await expect(drawn(page, 'Croquet')).toContainText('12:00')
  await page.reload()
  await expect(drawn(page, 'Croquet')).toContainText('12:00')
})

test('what changes elsewhere while an event is dragged is drawn once it is dropped', async ({
  page,
  stack,
  newcomer,
  browser,
}) => {
  await openCalendar(page, stack, newcomer, WEEK)
  await createCroquet(page)
  const elsewhere = await (await browser.newContext()).newPage()
  await openCalendar(elsewhere, stack, newcomer, WEEK)
  const drag = await dragCroquet(page)
  await drag(1)

  let lists = 0
  page.on('request', request => {
    if (/\/events\?/.test(request.url())) lists++
  })
  const told = page.waitForResponse(/\/calendarList/)
  await createEvent(elsewhere, 'Tea')
  await (await told).finished()
  // Had the page loaded its events then, it would have asked for them before this.
  await page.evaluate('fetch("/healthz").then(response => response.text())')
  expect(lists).toBe(0)

  await drag(2)
  await page.mouse.up()
  await expect(message(page)).toContainText('Moved “Croquet”')
  await expect(drawn(page, 'Croquet')).toContainText('12:00')
  await expect(drawn(page, 'Tea')).toBeVisible()
  await elsewhere.context().close()
})
