/** What Tripmate shows when the browser, the trip and the server are in three time zones. */
import { connect } from './support/people'
import { expect, test } from './support/test'

test.use({ timezoneId: 'America/New_York' })

test('the week begins at midnight, names its days, and marks today in the user’s time zone', async ({
  page,
  stack,
  newcomer,
}) => {
  // In New York it is the evening of the 25th when the server, in UTC, has the 26th.
  await page.clock.setFixedTime('2026-11-26T01:38:00Z')
  await page.goto(stack.clientApp)
  await connect(page, stack, newcomer)
  await expect(page.getByText('Times are shown in America/New York.')).toBeVisible()
  const widget = page.locator('.calendar-widget')
  await expect(widget.locator('[aria-current=date]').first()).toContainText('25')
  await widget.getByRole('tab', { name: 'Week' }).click()
  await expect(widget.getByText('03:00')).toBeVisible()
  await expect(widget.getByText('Timed')).not.toBeInViewport({ ratio: 1 })
  await page.setViewportSize({ width: 390, height: 800 })
  await page.reload()
  await widget.getByRole('tab', { name: 'Week' }).click()
  await expect(widget.getByRole('columnheader').filter({ hasText: 'W 25' })).toBeVisible()
})
