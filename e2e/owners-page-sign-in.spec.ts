/** Glasshouse Calendar as a client in the browser: how it signs in, keeps its tokens, and lives with other apps and outages. */
import type { Page } from '@playwright/test'
import { createEvent, dialog, drawn, expectOpen, fillIn, message, openCalendar, save } from './support/owners-page'
import { addEvent, connect, signIn } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

/** The month of the next full hour, in which Tripmate suggests to add an event. */
const AGENDA = `?view=agenda&date=${new Date(Date.now() + 3_600_000).toISOString().slice(0, 10)}`
const signInButton = (page: Page) => page.getByRole('button', { name: 'Sign in with Glasshouse Accounts' })

/** What the token endpoint answers. */
function tokensOf(page: Page, stack: Stack): { access_token: string; refresh_token: string }[] {
  const all: { access_token: string; refresh_token: string }[] = []
  page.on('response', async response => {
    if (response.url() === `${stack.authServer}/token` && response.ok()) all.push(await response.json())
  })
  return all
}

test('alice signs in without being asked, and no token is in storage, an address, the history or the page', async ({
  page,
  stack,
}) => {
  const tokens = tokensOf(page, stack)
  const origins = new Set<string>()
  const addresses: string[] = []
  page.on('request', request => {
    origins.add(new URL(request.url()).origin)
    addresses.push(request.url())
  })
  const errors: string[] = []
  page.on('console', line => line.type() === 'error' && errors.push(line.text()))
  page.on('framenavigated', frame => addresses.push(frame.url()))

  await openCalendar(page, stack, undefined, AGENDA)
  await expect(page).toHaveURL(`${stack.calendarApi}/${AGENDA}`)
  await expect.poll(() => tokens.length).toBe(1)
  const secrets = tokens.flatMap(({ access_token, refresh_token }) => [access_token, refresh_token])
  expect(secrets.every(secret => secret.length > 20)).toBe(true)
  const kept = await page.evaluate<string>(`JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href, document.documentElement.outerHTML,
    performance.getEntries().map(entry => entry.name),
  ])`)
  const cookies = JSON.stringify(await page.context().cookies())
  for (const secret of secrets) {
    expect(kept + cookies).not.toContain(secret)
    expect(addresses.filter(address => address.includes(secret))).toEqual([])
  }
  // What the sign-in needed is gone too.
  expect(await page.evaluate('Object.keys(sessionStorage)')).toEqual([])
  expect(await page.evaluate('indexedDB.databases().then(all => all.length)')).toBe(0)
  expect([...origins].sort()).toEqual([stack.authServer, stack.calendarApi].sort())
  expect(errors).toEqual([])
})

test('a reload keeps the user signed in, with one redirect and no page in between', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer)
  const pages: string[] = []
  page.on('framenavigated', frame => pages.push(new URL(frame.url()).origin))
  await page.reload()
  await expectOpen(page)
  expect(pages.every(origin => origin === stack.calendarApi)).toBe(true)
})

test('signing out ends the tokens, and a reload does not sign in again', async ({ page, stack, newcomer, request }) => {
  const tokens = tokensOf(page, stack)
  await openCalendar(page, stack, newcomer)
  await expect.poll(() => tokens.length).toBe(1)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByText('You are signed out of this page.')).toBeVisible()
  const headers = { Authorization: `Bearer ${tokens[0]?.access_token}` }
  expect((await request.get(`${stack.calendarApi}/calendar/events`, { headers })).status()).toBe(401)
  await page.reload()
  await expect(page.getByRole('link', { name: 'Sign out there too' })).toBeVisible()
  await signInButton(page).click()
  await expectOpen(page) // the session at Glasshouse Accounts is still there
})

for (const [what, changes] of [
  ['with another state', { state: 'other' }],
  ['from another issuer (RFC 9207)', { iss: 'https://evil.example' }],
] as const) {
  test(`a response ${what} is refused, and its code is not redeemed`, async ({ page, stack }) => {
    let redeemed = false
    page.on('request', request => {
      redeemed ||= request.url().endsWith('/token')
    })
    await page.route(`${stack.authServer}/authorize?*`, async route => {
      const state = new URL(route.request().url()).searchParams.get('state') ?? ''
      const answer = new URLSearchParams({ code: 'a-code', state, iss: stack.authServer, ...changes })
      await route.fulfill({ status: 302, headers: { Location: `${stack.calendarApi}/callback?${answer}` } })
    })
    await page.goto(stack.calendarApi)
    await expect(page.getByText('Sign in again.')).toBeVisible()
    expect(redeemed).toBe(false)
    await expect(page).toHaveURL(`${stack.calendarApi}/`)
  })
}

test('an event that Tripmate adds appears without a reload, and says so; withdrawing Tripmate changes nothing here', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer, AGENDA)
  let loaded = 0
  page.on('load', () => loaded++)
  const other = await page.context().newPage()
  await other.goto(`${stack.clientApp}/connect?ask=write`)
  await other.getByRole('button', { name: 'Allow' }).click()
  await addEvent(other, 'Night train to Lisbon')
  await expect(drawn(page, 'Night train to Lisbon')).toHaveCount(1)
  await expect(drawn(page, 'Night train to Lisbon')).toHaveAttribute('title', /Added by Tripmate/)
  await expect(page.getByRole('list', { name: 'Apps that added' })).toContainText('Tripmate')
  expect(loaded).toBe(0)

  await other.goto(`${stack.authServer}/account`)
  await other.getByRole('button', { name: 'Withdraw access of Tripmate' }).click()
  await expect(other.getByText('no longer has access')).toBeVisible()
  await page.bringToFront()
  await createEvent(page, 'At home')
  await expect(drawn(page, 'At home').first()).toBeVisible() // late in the evening it is in two days
})

test('when the page is left, its tokens end', async ({ page, stack, newcomer, request }) => {
  const tokens = tokensOf(page, stack)
  await openCalendar(page, stack, newcomer)
  await expect.poll(() => tokens.length).toBe(1)
  await page.goto(`${stack.authServer}/account`)
  const headers = { Authorization: `Bearer ${tokens[0]?.access_token}` }
  const list = async () => (await request.get(`${stack.calendarApi}/calendar/events`, { headers })).status()
  await expect.poll(list).toBe(401)
  await page.goBack()
  await expectOpen(page)
})

test('what cannot be read for a moment is read again without the user', async ({ page, stack, newcomer, browser }) => {
  await openCalendar(page, stack, newcomer, AGENDA)
  await page.route(
    /\/calendarList/,
    route =>
      route.fulfill({ status: 503, json: { title: 'Service Unavailable', status: 503, detail: 'Not ready yet.' } }),
    { times: 1 },
  )
  const said = page.getByText('Not ready yet.').waitFor()
  const elsewhere = await (await browser.newContext()).newPage()
  await openCalendar(elsewhere, stack, newcomer, AGENDA)
  await createEvent(elsewhere, 'Tea')
  await said
  await expect(drawn(page, 'Tea')).toHaveCount(1)
  await expect(page.locator('#trouble')).toBeHidden()
})

test('if the user withdraws the access of this page itself, it says so, and opens again when the user wants', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer)
  const other = await page.context().newPage()
  await other.goto(`${stack.authServer}/account`)
  await other.getByRole('button', { name: 'Withdraw access of Glasshouse Calendar' }).click()
  await expect(other.getByText('no longer has access')).toBeVisible()
  await page.bringToFront()
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await expectOpen(page)
  await expect(page.locator('#trouble')).toBeHidden()
})

test('an expired or withdrawn token is replaced without a word', async ({ page, stack, newcomer }) => {
  const tokens = tokensOf(page, stack)
  await openCalendar(page, stack, newcomer, AGENDA)
  await page.route(
    `${stack.calendarApi}/calendar/events?*`,
    route => route.fulfill({ status: 401, json: { title: 'Unauthorized', status: 401, detail: 'It has expired.' } }),
    { times: 1 },
  )
  await page.getByRole('button', { name: 'Later' }).click()
  await expect.poll(() => tokens.length).toBe(2)
  await expect(page.getByText('Nothing here yet.')).toBeVisible()
  await expect(page.locator('#trouble')).toBeHidden()
})

test('if the tokens have ended while the user writes, nothing that was typed is lost', async ({
  page,
  stack,
  newcomer,
}) => {
  await openCalendar(page, stack, newcomer, AGENDA)
  await page.getByRole('button', { name: 'New event' }).click()
  await fillIn(page, { Title: 'A long story' })
  await page.route(`${stack.authServer}/token`, route =>
    route.fulfill({ status: 400, json: { error: 'invalid_grant' } }),
  )
  await page.route(`${stack.calendarApi}/calendar/events`, route => route.fulfill({ status: 401, json: {} }))
  await save(page)
  await expect(dialog(page).getByRole('alert')).toContainText('signed out')
  await expect(dialog(page).getByLabel('Title')).toHaveValue('A long story')
})

test('while the API is down the page says what to do; afterwards it catches up with what it missed', async ({
  page,
  freshStack: stack,
  browser,
}) => {
  await openCalendar(page, stack, undefined, AGENDA)
  await stack.stop('calendarApi')
  await expect(page.getByText('Reconnecting…')).toBeVisible()
  await page.getByRole('button', { name: 'Later' }).click()
  await expect(page.getByRole('alert')).toContainText('Cannot reach your calendar')
  const resumed = page.waitForRequest(
    request => request.url().endsWith('/stream') && request.headers()['last-event-id'] !== undefined,
  )
  await stack.start('calendarApi')
  const other = await (await browser.newContext()).newPage()
  await connect(other, stack)
  await addEvent(other, 'Missed by nobody')
  await resumed
  await page.getByRole('button', { name: 'Today' }).click()
  await expect(drawn(page, 'Missed by nobody')).toHaveCount(1)
  await expectOpen(page)
  await expect(page.getByRole('alert')).toBeHidden()
  await other.context().close()
})

test('whoever opens it without a session is not asked to sign in before choosing to', async ({
  page,
  stack,
  newcomer,
}) => {
  await page.goto(stack.calendarApi)
  await expect(signInButton(page)).toBeVisible()
  await expect(page).toHaveURL(`${stack.calendarApi}/`)
  await signInButton(page).click()
  await signIn(page, newcomer)
  await expectOpen(page)
  await expect(message(page)).toBeHidden()
})

test('the address of a problem leads on to its explanation', async ({ page, stack }) => {
  await page.goto(`${stack.calendarApi}/#authorization-server-unavailable`)
  await expect(page).toHaveURL(`${stack.calendarApi}/docs#authorization-server-unavailable`)
  await expect(page.getByRole('heading', { name: 'If the authorization server is unavailable' })).toBeVisible()
})
