/** An event that repeats, as Tripmate shows it: each time in its place. */
import { createEvent, openCalendar } from './support/owners-page'
import { allow } from './support/people'
import { expect, test } from './support/test'

test('Tripmate’s month and week show each time of an event that repeats', async ({ page, stack, newcomer }) => {
  // A series that began long ago, so that it does not matter which day today is.
  await openCalendar(page, stack, newcomer, '?view=week&date=2026-01-05')
  const days = { 'Starts on': '2026-01-05', 'Ends on': '2026-01-05' }
  await createEvent(page, 'Flamingo care', { ...days, Repeats: 'Every day' })
  await page.goto(`${stack.clientApp}/connect?ask=write`)
  await allow(page)
  const widget = page.locator('.calendar-widget')
  const shown = widget.getByText('Flamingo care')
  await widget.getByRole('tab', { name: 'Month' }).click()
  await expect.poll(() => shown.count()).toBeGreaterThanOrEqual(28)
  await widget.getByRole('tab', { name: 'Week' }).click()
  await expect(shown).toHaveCount(7)
})
