import { addEvent, connect, eventNamed, ladder } from './support/people'
import { expect, test } from './support/test'

// Tripmate refreshes a token in its last five seconds, so this one is refreshed at every call, without waiting.
test.use({ stackEnv: { ACCESS_TOKEN_TTL: '5' } })

test('an expired access token is refreshed without asking the user, and step 7 is on the ladder', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await addEvent(page, 'Dinner with the Hatter')
  await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
  expect(await ladder(page)).toEqual(Array(7).fill('done'))
  const seventh = page.locator('.rung').nth(6)
  await seventh.locator('summary').click()
  await expect(seventh).toContainText('refresh_token')
})
