import { addEvent, allow, chooseConnect, connect, eventNamed, signIn } from '../support/people'
import { expect, test } from '../support/test'

test.use({ engine: 'postgres' })

test('when the database restarts in the middle of the scenario, there is a 503 page, and then everything works', async ({
  page,
  freshStack,
}) => {
  await chooseConnect(page, freshStack)
  await signIn(page)
  await freshStack.database?.stop()

  await test.step('Allow is answered with 503 and Retry-After, on a page', async () => {
    const answered = page.waitForResponse(response => response.request().method() === 'POST')
    await allow(page)
    const response = await answered
    expect(response.status()).toBe(503)
    expect(response.headers()['retry-after']).toMatch(/^\d+$/)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  })
  await test.step('/healthz of each service answers 503', async () => {
    const { clientApp, authServer, calendarApi } = freshStack
    for (const url of [clientApp, authServer, calendarApi]) expect((await fetch(`${url}/healthz`)).status).toBe(503)
  })

  await freshStack.database?.start()
  await test.step('without a restart of the services, the same request can be allowed', async () => {
    await page.goBack()
    await allow(page)
    await expect(page.getByText('Your calendar is connected.')).toBeVisible()
    await addEvent(page, 'Dinner with the Hatter')
    await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
  })
})

test('when the database crashes while Tripmate is connected, earlier events are still there afterwards', async ({
  page,
  freshStack,
}) => {
  await connect(page, freshStack)
  await addEvent(page, 'Dinner with the Hatter')
  await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
  await freshStack.database?.stop('kill')
  expect((await page.goto(freshStack.clientApp))?.status()).toBe(503)
  await freshStack.database?.start()
  await expect(async () => {
    expect((await page.goto(freshStack.clientApp))?.status()).toBe(200)
    await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible({ timeout: 500 })
  }).toPass()
  await addEvent(page, 'Croquet with the Queen')
  await expect(eventNamed(page, 'Croquet with the Queen')).toBeVisible()
})

test('when one copy of each service is killed in the middle of the scenario, the other copies take over', async ({
  page,
  freshStack,
}) => {
  await chooseConnect(page, freshStack)
  await freshStack.killCopy('authServer')
  await signIn(page)
  await freshStack.killCopy('clientApp')
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
  await freshStack.killCopy('calendarApi')
  await addEvent(page, 'Dinner with the Hatter')
  await expect(eventNamed(page, 'Dinner with the Hatter')).toBeVisible()
})
