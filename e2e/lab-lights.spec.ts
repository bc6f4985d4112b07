/** The five lights and the token bench: each button acts on the real services, and the page tells the truth about what it did. */
import type { Page } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { ALICE, connect } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'
import { connectUnseen } from './support/unseen'

// Each test connects a calendar first, and some load a dozen pages after that.
test.setTimeout(90_000)

const ALL_ON = { tripmate: 'on', accounts: 'on', consent: 'on', refresh: 'on', access: 'on' }

/** Connects the calendar, and opens the lights of that run. @param without the scope to untick @returns the run's id */
async function openLights(page: Page, stack: Stack, who = ALICE, without?: RegExp): Promise<string> {
  if (without) await connect(page, stack, who, without)
  else await connectUnseen(page, stack, who)
  const id = await newestRun(page, stack)
  await expect(async () => {
    await page.goto(`${stack.lab}/runs/${id}/lights`)
    expect(await lights(page)).toEqual(ALL_ON) // the report of the last message may still be under way
  }).toPass()
  return id
}

async function newestRun(page: Page, stack: Stack): Promise<string> {
  const answer = await page.request.get(`${stack.lab}/runs`, { headers: { Accept: 'application/json' } })
  const [run] = await answer.json()
  return run.id
}

async function lights(page: Page): Promise<Record<string, string>> {
  const list = await page.locator('.light').all()
  const pairs = list.map(async one => [await one.getAttribute('data-light'), await one.getAttribute('data-state')])
  return Object.fromEntries(await Promise.all(pairs))
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click()
  await expect(page.getByRole('heading', { name: `You pressed “${name}”` })).toBeVisible()
}

/** The messages that the page names, without what the browser itself sent. */
async function messages(page: Page): Promise<string[]> {
  const all = await page.locator('.lights-messages li').allInnerTexts()
  return all.map(text => text.replace(/^\d+ /, '').replace(/\s+/g, ' ')).filter(text => !text.startsWith('You'))
}

const BUTTONS: { name: string; first?: string[]; changes: Partial<typeof ALL_ON>; by: string[] }[] = [
  { name: 'Sign out at Tripmate', changes: { tripmate: 'off' }, by: [] },
  { name: 'Sign out at Accounts', changes: { accounts: 'off' }, by: [] },
  { name: 'Withdraw at Accounts', changes: { consent: 'off', refresh: 'off', access: 'off' }, by: [] },
  { name: 'Refresh now', changes: {}, by: ['Tripmate → Accounts POST /token 200'] },
  {
    name: 'Use the old refresh token again',
    first: ['Refresh now'],
    changes: { refresh: 'off', access: 'off' },
    by: ['Tripmate → Accounts POST /token 400'],
  },
  {
    name: 'Disconnect at Tripmate',
    changes: { refresh: 'off', access: 'off' },
    by: ['Tripmate → Accounts POST /revoke 200', 'Tripmate → Accounts POST /revoke 200'],
  },
  { name: 'Let it expire', changes: { access: 'off' }, by: ['The Lab → Calendar POST /demo/expire 204'] },
  { name: 'Revoke this one token', changes: { access: 'off' }, by: ['Tripmate → Accounts POST /revoke 200'] },
  { name: 'Let Tripmate use it', changes: {}, by: ['Tripmate → Calendar GET /calendar/events 200'] },
  {
    name: 'Let Tripmate use it',
    first: ['Let it expire'],
    changes: {},
    by: [
      'Tripmate → Calendar GET /calendar/events 401',
      'Tripmate → Accounts POST /token 200',
      'Tripmate → Calendar GET /calendar/events 200',
    ],
  },
]

for (const { name, first = [], changes, by } of BUTTONS) {
  test(`“${[...first, name].join('”, then “')}” changes exactly the lights that it should`, async ({
    page,
    stack,
    newcomer,
  }) => {
    await openLights(page, stack, newcomer)
    for (const earlier of first) await press(page, earlier)
    await press(page, name)
    expect(await lights(page)).toEqual({ ...ALL_ON, ...changes })
    expect(await messages(page)).toEqual(by)
  })
}

test('a token that was made to expire meets the very refusal of one whose time is over', async ({
  page,
  stack,
  newcomer,
}) => {
  const id = await openLights(page, stack, newcomer)
  await press(page, 'Let it expire')
  await press(page, 'Let Tripmate use it')
  const har = await (await page.request.get(`${stack.lab}/runs/${id}.har`)).json()
  // biome-ignore lint/suspicious/noExplicitAny: HAR
  const refused = har.log.entries.filter((entry: any) => entry.response.status === 401)
  expect(refused).toHaveLength(1)
  expect(JSON.stringify(refused[0].response.headers)).toContain('It has expired.')
})

test('everything works without JavaScript, and from the keyboard', async ({ browser, stack }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.clientApp })
  const page = await context.newPage()
  await openLights(page, stack)
  await page.getByRole('button', { name: 'Refresh now' }).press('Enter')
  await expect(page.getByText('instead of')).toHaveCount(2)
  await page.getByRole('link', { name: 'Open it on the bench' }).press('Enter')
  await expect(page.getByText('The signature fits')).toBeVisible()
  await page.getByRole('button', { name: 'Make it somebody else’s' }).press('Enter')
  await expect(page.getByText('The signature does not fit')).toBeVisible()
  await page.getByRole('button', { name: 'Send it anyway' }).press('Enter')
  await expect(page.getByText('Its signature is not valid.').first()).toBeVisible()
  await context.close()
})

async function openBench(page: Page, stack: Stack, who = ALICE, without?: RegExp): Promise<string> {
  const id = await openLights(page, stack, who, without)
  await page.getByRole('link', { name: 'Open it on the bench' }).click()
  await expect(page.getByRole('heading', { name: 'The token bench' })).toBeVisible()
  return id
}

const ATTACKS: [button: string, check: string][] = [
  ['Give it more rights', 'bearer.signature'],
  ['Make it somebody else’s', 'bearer.signature'],
  ['Let it live a year longer', 'bearer.signature'],
  ['Leave the signature out', 'bearer.alg'],
]

test('each change that a thief would like is refused by the real calendar, which names the check', async ({
  page,
  stack,
  newcomer,
}) => {
  // A token with both scopes has no right that could be added.
  const id = await openBench(page, stack, newcomer, /Add and change/)
  for (const [button, check] of ATTACKS) {
    await page.getByRole('link', { name: 'As it was issued' }).click()
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('button', { name: 'Send it anyway' }).click()
    await expect(page.getByRole('heading', { name: '401 Unauthorized: it was refused' })).toBeVisible()
    await expect(page.getByRole('link', { name: check })).toBeVisible()
  }
  await page.getByRole('link', { name: 'As it was issued' }).click()
  await page.getByRole('button', { name: 'Send it anyway' }).click()
  await expect(page.getByRole('heading', { name: '200 OK: it was let in' })).toBeVisible()
  const har = await (await page.request.get(`${stack.lab}/runs/${id}.har`)).json()
  // biome-ignore lint/suspicious/noExplicitAny: HAR
  const ours = har.log.entries.filter((entry: any) => entry._from === 'lab')
  expect(ours.map((entry: { response: { status: number } }) => entry.response.status)).toEqual([
    401, 401, 401, 401, 200,
  ])
})

test('what is typed turns the signature red at once, and a dead token is verified by the page itself', async ({
  page,
  stack,
  newcomer,
}) => {
  const id = await openBench(page, stack, newcomer)
  await expect(page.getByRole('button', { name: 'Give it more rights' })).toBeDisabled()
  const bench = page.url()
  const claims = page.getByLabel('Claims')
  const issued = await claims.inputValue()
  await claims.fill(issued.replace('calendar.read', 'calendar.rule'))
  await expect(page.locator('[data-verdict-title]')).toHaveText('The signature does not fit')
  await expect(page.locator('[data-member="claims.scope"]')).toContainText('calendar.rule')
  await claims.fill('{')
  await expect(page.getByText('This is not a JSON object yet.')).toBeVisible()

  await page.goto(`${stack.lab}/runs/${id}/lights`)
  await press(page, 'Let it expire')
  await page.goto(bench)
  await expect(page.locator('[data-checked-by]')).toContainText('WebCrypto')
  await expect(page.locator('[data-verdict-title]')).toHaveText('The signature fits')
  await claims.fill(issued.replace('calendar.read', 'calendar.rule'))
  await expect(page.locator('[data-verdict-title]')).toHaveText('The signature does not fit')
  await claims.fill(issued)
  await expect(page.locator('[data-verdict-title]')).toHaveText('The signature fits')
})

test('the lights and the bench are accessible, light and dark, and fit every width', async ({
  page,
  stack,
  newcomer,
}) => {
  await openLights(page, stack, newcomer)
  await press(page, 'Refresh now')
  const pages = [page.url()]
  await page.getByRole('link', { name: 'Open it on the bench' }).click()
  await page.getByRole('button', { name: 'Leave the signature out' }).click()
  await page.getByRole('button', { name: 'Send it anyway' }).click()
  await expect(page.locator('.bench-answer')).toBeVisible()
  await expectAccessible(page)
  for (const address of pages) {
    await page.goto(address)
    await expectAccessible(page)
  }
})
