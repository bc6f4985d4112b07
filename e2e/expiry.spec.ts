import { addEvent, connect, eventNamed } from './support/people'
import { expect, test } from './support/test'

// Tripmate refreshes a token in its last five seconds, so this one is refreshed at every call, without waiting.
test.use({ stackEnv: { ACCESS_TOKEN_TTL: '5' } })

test('an expired access token is refreshed without asking the user, and the strip says so', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await addEvent(page, 'Dinner with the Hatter')
  await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
  const strip = page.getByRole('complementary', { name: 'See-through' })
  await strip.locator('.strip-bar').click()
  await expect(strip).toContainText('Step 7, token refresh')
  await expect(strip).toContainText('grant_type=refresh_token')
})
