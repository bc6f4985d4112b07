/** Glasshouse Calendar: what its owner does there, with the mouse and by keyboard. */
import { expectAccessible, violations } from './support/accessible'
import {
  choose,
  createEvent,
  dialog,
  drawn,
  expectOpen,
  fillIn,
  message,
  openCalendar,
  save,
} from './support/owners-page'
import { expect, test } from './support/test'

// A week in which nothing else happens; the newcomer's calendar is empty.
const WEEK = '?view=week&date=2027-03-10'
const AT_TEN = { 'Starts on': '2027-03-10', 'Ends on': '2027-03-10' }
const tenToEleven = async (page: import('@playwright/test').Page) => {
  await fillIn(page, AT_TEN)
  await dialog(page).locator('#event-start-time').fill('10:00')
  await dialog(page).locator('#event-end-time').fill('11:00')
}

test('an empty calendar says what to do; an event is created, changed, deleted, and brought back', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer, WEEK)
  await expect(page.getByText('Nothing here yet.')).toBeVisible()
  await page.getByRole('button', { name: 'New event' }).click()
  await fillIn(page, { Title: 'Croquet', 'Place optional': 'The lawn' })
  await tenToEleven(page)
  await save(page)
  await expect(drawn(page, 'Croquet')).toContainText('10:00')
  await expect(page.getByText('Nothing here yet.')).toBeHidden()

  await drawn(page, 'Croquet').click()
  await expect(dialog(page)).toContainText('Added by Glasshouse Calendar')
  await expect(dialog(page).getByLabel('Place')).toHaveValue('The lawn')
  await fillIn(page, { Title: 'Croquet with the Queen' })
  await dialog(page).getByLabel('Whole day').check()
  await save(page)
  await expect(drawn(page, 'Croquet with the Queen')).not.toContainText('10:00')

  await drawn(page, 'Croquet').click()
  await dialog(page).getByRole('button', { name: 'Delete' }).click()
  await expect(drawn(page, 'Croquet')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await message(page).getByRole('button', { name: 'Undo' }).click()
  await expect(drawn(page, 'Croquet with the Queen')).toHaveCount(1)
})

test('a series: one event, the following and all of them are changed, deleted and brought back', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer, '?view=agenda&date=2027-03-10')
  await page.getByRole('button', { name: 'New event' }).click()
  await fillIn(page, { Title: 'Flamingo care' })
  await dialog(page).getByLabel('Starts on').fill('2027-03-03')
  await dialog(page).getByLabel('Ends on').fill('2027-03-03')
  await fillIn(page, { Repeats: 'Every week on Wednesday', Until: 'A number of times', 'Number of times': '5' })
  await save(page)
  await expect(drawn(page, 'Flamingo care')).toHaveCount(5)

  const change = async (nth: number, title: string, which: Parameters<typeof choose>[1]) => {
    await drawn(page, 'Flamingo').nth(nth).click()
    await fillIn(page, { Title: title })
    await save(page)
    await choose(page, which)
    await expect(message(page)).toContainText(`Saved “${title}”`)
  }
  await change(1, 'Flamingo rest', 'This event')
  await expect(drawn(page, 'Flamingo care')).toHaveCount(4)
  await expect(drawn(page, 'Flamingo rest')).toHaveCount(1)
  await change(3, 'Flamingo training', 'This and following events')
  await expect(drawn(page, 'Flamingo training')).toHaveCount(2)
  await expect(drawn(page, 'Flamingo care')).toHaveCount(2)
  await change(0, 'Flamingo feeding', 'All events')
  await expect(drawn(page, 'Flamingo feeding')).toHaveCount(2)
  await expect(drawn(page, 'Flamingo rest')).toHaveCount(1)

  const remove = async (title: string, which: Parameters<typeof choose>[1], left: number) => {
    const before = await drawn(page, title).count()
    await drawn(page, title).last().click()
    await dialog(page).getByRole('button', { name: 'Delete' }).click()
    await choose(page, which)
    await expect(drawn(page, title)).toHaveCount(left)
    await message(page).getByRole('button', { name: 'Undo' }).click()
    await expect(drawn(page, title)).toHaveCount(before)
  }
  await remove('Flamingo training', 'This event', 1)
  await remove('Flamingo training', 'This and following events', 1)
  await remove('Flamingo training', 'All events', 0)
})

test('what is brought back, or begins a new series, is as apps left it', async ({ page, stack, newcomer }) => {
  // The first list, once the user is signed in. A reload would end this token.
  const asked = page.waitForRequest(/\/events\?/)
  await openCalendar(page, stack, newcomer, '?view=agenda&date=2027-03-10')
  const { authorization = '' } = await (await asked).allHeaders()
  const call = async (method: string, path = '', body?: object) => {
    const headers = { authorization, 'Content-Type': 'application/json' }
    const address = `${stack.calendarApi}/calendar/events${path}`
    const response = await fetch(address, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
    return response.status === 204 ? undefined : response.json()
  }
  const at = (hour: number) => ({ dateTime: `2027-03-03T${hour}:00:00Z`, timeZone: 'Europe/London' })
  const details = {
    attendees: [{ email: 'queen@croquet.example', responseStatus: 'accepted' }],
    reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] },
    colorId: '7',
    extendedProperties: { private: { lawn: 'east' } },
  }
  const recurrence = ['RRULE:FREQ=WEEKLY;COUNT=4']
  const { id } = await call('POST', '', { summary: 'Croquet', start: at(10), end: at(11), recurrence, ...details })
  await call('PATCH', `/${id}_20270310T100000Z`, { summary: 'Croquet rehearsal', location: 'The beach' })
  await call('DELETE', `/${id}_20270317T100000Z`)
  await expect(drawn(page, 'Croquet')).toHaveCount(3)

  const contentOf = async () => {
    const { items } = await call('GET', '?singleEvents=true&orderBy=startTime&timeMax=2027-04-01T00:00:00Z')
    return items.map(({ etag: _e, created: _c, updated: _u, sequence: _s, ...event }: Record<string, unknown>) => event)
  }
  const before = await contentOf()
  expect(before).toHaveLength(3)
  const remove = async (nth: number, which: Parameters<typeof choose>[1], left: number) => {
    await drawn(page, 'Croquet').nth(nth).click()
    await dialog(page).getByRole('button', { name: 'Delete' }).click()
    await choose(page, which)
    await expect(drawn(page, 'Croquet')).toHaveCount(left)
    await message(page).getByRole('button', { name: 'Undo' }).click()
    await expect(message(page)).toContainText('is back')
    expect(await contentOf()).toEqual(before)
    await expect(drawn(page, 'Croquet')).toHaveCount(3)
  }
  await remove(1, 'This event', 2)
  await remove(1, 'This and following events', 1)
  await remove(0, 'All events', 0)

  await drawn(page, 'Croquet').last().click()
  await fillIn(page, { Title: 'Polo' })
  await save(page)
  await choose(page, 'This and following events')
  await expect(drawn(page, 'Polo')).toHaveCount(1)
  expect((await contentOf()).at(-1)).toMatchObject({ summary: 'Polo', ...details })
})

test('Back leads to the view before, and a reload stays in it', async ({ page, stack, newcomer }) => {
  await openCalendar(page, stack, newcomer, WEEK)
  const pressed = (name: string) =>
    expect(page.getByRole('button', { name, exact: true })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: 'Later' }).click()
  await page.getByRole('button', { name: 'Day', exact: true }).click()
  await expect(page).toHaveURL(/view=day/)
  await page.reload()
  await expectOpen(page)
  await pressed('Day')
  await page.goBack()
  await pressed('Week')
  await expect(page).toHaveURL(/date=2027-03-1[5-7]/)
})

test('by keyboard: an event is created, opened and closed, and the focus comes back', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer, WEEK)
  await page.getByRole('button', { name: 'New event' }).focus()
  await page.keyboard.press('Enter')
  await expect(dialog(page).getByLabel('Title')).toBeFocused()
  await page.keyboard.type('Croquet')
  await page.keyboard.press('Enter')
  await expect(drawn(page, 'Croquet')).toHaveCount(1)
  await expect(page.getByRole('button', { name: 'New event' })).toBeFocused()
  await drawn(page, 'Croquet').focus()
  await expect(drawn(page, 'Croquet')).toBeFocused() // also after it was drawn anew
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
})

test('accessible in every view, in light and dark, on a phone, with the dialog open', async ({
  page,
  stack,
  newcomer,
}) => {
  test.setTimeout(120_000)
  await openCalendar(page, stack, newcomer, WEEK)
  await createEvent(page, 'Croquet', AT_TEN)
  await createEvent(page, 'A whole week of croquet', { ...AT_TEN, 'Ends on': '2027-03-14' })
  for (const view of ['Week', 'Day', 'Agenda', 'Month']) {
    await page.getByRole('button', { name: view, exact: true }).click()
    await expectAccessible(page)
  }
  await page.getByRole('button', { name: 'New event' }).click()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `the dialog, ${colorScheme}`).toEqual([])
  }
})

test('a second calendar: an event is moved into it, and goes and comes with it', async ({ page, stack, newcomer }) => {
  await openCalendar(page, stack, newcomer, WEEK)
  await createEvent(page, 'Croquet', AT_TEN)
  await page.getByRole('button', { name: 'New calendar' }).click()
  await page.locator('#calendar-dialog').getByLabel('Name').fill('Sports')
  await page.locator('#calendar-dialog').getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('checkbox', { name: 'Sports' })).toBeChecked()
  await drawn(page, 'Croquet').click()
  await fillIn(page, { Calendar: 'Sports' })
  await save(page)
  await expect(message(page)).toContainText('Saved')
  await page.getByRole('checkbox', { name: 'Sports' }).uncheck()
  await expect(drawn(page, 'Croquet')).toHaveCount(0)
  await page.getByRole('checkbox', { name: 'Sports' }).check()
  await drawn(page, 'Croquet').click()
  await expect(dialog(page).getByLabel('Calendar')).toHaveValue(/^c_/)
  await dialog(page).getByRole('button', { name: 'Delete' }).click()
  await expect(drawn(page, 'Croquet')).toHaveCount(0)
  expect(await violations(page)).toEqual([])
})

test('a secret address for other calendar programs is made, replaced and ended', async ({ page, stack, newcomer }) => {
  await openCalendar(page, stack, newcomer, WEEK)
  await page.getByRole('button', { name: 'New event' }).click()
  await fillIn(page, { Title: 'Croquet' })
  await tenToEleven(page)
  await save(page)
  await page.getByRole('button', { name: 'Subscribe elsewhere' }).click()
  const feed = page.getByRole('dialog', { name: 'Subscribe elsewhere' })
  await expect(feed).toContainText('Whoever has the address can read the calendar')
  await feed.getByRole('button', { name: 'Make an address' }).click()
  const address = feed.getByRole('group', { name: 'Secret address' })
  await expect(address).toHaveText(/^http.*\/calendar\/feeds\/[\w-]{43}\.ics$/)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await feed.getByRole('button', { name: 'Copy: the secret address' }).click()
  await expect(feed.getByText('Copied')).toBeVisible()
  expect(await violations(page)).toEqual([])
  const first = (await address.textContent()) ?? ''
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(first)
  expect(await (await page.request.get(first)).text()).toContain('SUMMARY:Croquet')

  await feed.getByRole('button', { name: 'Replace the address' }).click()
  await expect(address).not.toHaveText(first)
  const second = (await address.textContent()) ?? ''
  expect((await page.request.get(first)).status()).toBe(404)
  await feed.getByRole('button', { name: 'Close' }).click()

  await page.getByRole('button', { name: 'Subscribe elsewhere' }).click()
  await expect(feed).toContainText('Glasshouse Calendar made an address on')
  await expect(address).toBeHidden()
  await feed.getByRole('button', { name: 'End it' }).click()
  await expect(feed.getByRole('button', { name: 'Make an address' })).toBeVisible()
  expect((await page.request.get(second)).status()).toBe(404)
})
