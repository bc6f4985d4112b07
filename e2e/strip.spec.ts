/** What leads from a page into the Lab. */
import { connect } from './support/people'
import { expect, test } from './support/test'

test('once connected, Tripmate links each of the seven steps to its messages in the Lab', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  const steps = page.getByRole('navigation', { name: 'How your calendar was connected' })
  await expect(steps.getByRole('listitem')).toHaveCount(7)
  await expect(steps.getByRole('link', { name: 'See the messages that made this happen' })).toHaveAttribute(
    'href',
    `${stack.lab}/runs/newest`,
  )
  await expect(steps.getByRole('link', { name: 'Access token request' })).toHaveAttribute(
    'href',
    `${stack.lab}/runs/newest#step-4`,
  )
})
