/** Slow motion: the browser stops at every redirect of the seven steps, and the user goes on. */
import type { Page } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { ALICE, allow, signIn } from './support/people'
import type { Stack } from './support/stack'
import { step } from './support/step'
import { expect, test } from './support/test'

// Each test goes by way of six stops.
test.setTimeout(90_000)

const STOPS = {
  request: 'Tripmate is about to send you to Accounts',
  signIn: 'Accounts is about to ask who you are',
  consent: 'Accounts is about to ask what you allow',
  code: 'Accounts is about to send you back with a code',
  arrived: 'A code arrived. Tripmate has not used it yet',
  connected: 'Tripmate has its tokens. Your browser saw none of them',
}

const goOn = (page: Page) => page.locator('main').getByRole('link', { name: /^(Send it|Check state and)/ })

/** A run has to exist before the Lab has a page with the switch. */
function turnOn(page: Page, stack: Stack): Promise<void> {
  return step(page, 'Turn slow motion on in the Lab', async () => {
    await page.goto(stack.clientApp)
    await expect(async () => {
      await page.goto(`${stack.lab}/runs/newest`)
      await expect(page.getByRole('switch', { name: 'Slow motion' })).not.toBeChecked({ timeout: 500 })
    }).toPass()
    await page.getByRole('switch', { name: 'Slow motion' }).click()
    await expect(page.getByRole('switch', { name: 'Slow motion' })).toBeChecked()
    await page.goto(stack.clientApp)
  })
}

interface Ways {
  /** Called at each stop, before going on. */
  at?: (name: keyof typeof STOPS) => Promise<unknown>
  go?: () => Promise<unknown>
  who?: typeof ALICE
  until?: keyof typeof STOPS
}

/** Steps 1 to 5, by way of every stop. */
async function walk(page: Page, ways: Ways = {}): Promise<void> {
  const { at = async () => {}, go = () => goOn(page).click(), who = ALICE, until } = ways
  for (const name of Object.keys(STOPS) as (keyof typeof STOPS)[]) {
    if (name === 'request') await page.getByRole('link', { name: 'Connect' }).first().click()
    await expect(page.getByRole('heading', { level: 1, name: STOPS[name] })).toBeVisible()
    await at(name)
    if (name === until) return
    await go()
    if (name === 'signIn') await signIn(page, who)
    if (name === 'consent') await allow(page)
  }
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
}

test('each redirect stops, the code is masked everywhere, and everything gets through', async ({
  page,
  stack,
  newcomer,
}) => {
  await turnOn(page, stack)
  const pages: string[] = []
  await walk(page, { who: newcomer, at: async () => pages.push(page.url(), await page.content()) })
  const run = await page.request.get(`${stack.lab}/runs`, { headers: { accept: 'application/json' } })
  const [{ id }] = await run.json()
  const har = await (await page.request.get(`${stack.lab}/runs/${id}.har`)).json()
  // The code is spent by now, so the Lab shows it whole.
  const [, code = ''] = /[?&]code=([\w-]{20,})/.exec(JSON.stringify(har)) ?? []
  expect(code).not.toBe('')
  expect(pages.join('\n')).toContain(code.slice(-6))
  expect(pages.join('\n')).not.toContain(code)
  expect(stack.log()).not.toContain(code)
})

test('after steps 4 and 5, a link leads to their messages in the Lab', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, until: 'connected' })
  const href = await page.getByRole('link', { name: 'See both messages in the Lab' }).getAttribute('href')
  await expect(async () => {
    await page.goto(href ?? '')
    expect(page.url()).toMatch(/\/messages\/[\da-f]{16}$/)
  }).toPass()
  await expect(page.getByRole('complementary', { name: 'The chosen message' })).toContainText('/token')
})

test('the run in the Lab has the same messages as at full speed', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer })
  await expect(async () => {
    const run = await page.request.get(`${stack.lab}/runs`, { headers: { accept: 'application/json' } })
    const [{ id }] = await run.json()
    const har = await (await page.request.get(`${stack.lab}/runs/${id}.har`)).json()
    const sent = har.log.entries
      .filter((entry: { _kind: string }) => entry._kind === 'protocol')
      .map(({ request }: { request: { method: string; url: string } }) => [
        request.method,
        new URL(request.url).pathname,
      ])
      .map(([method, path]: string[]) => `${method} ${path}`)
      .filter((line: string) => !line.includes('/calendar/'))
    expect(sent).toEqual([
      'GET /connect',
      'GET /authorize',
      'GET /login',
      'POST /login',
      'GET /consent',
      'POST /consent',
      'GET /callback',
      'POST /token',
    ])
  }).toPass()
})

// The authorization server's slow-motion.test.ts plays the long wait, with a clock.
test('a code in slow motion is given ten minutes, and Tripmate’s page counts on', async ({ page, newcomer, stack }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, until: 'arrived' })
  await expect(page.getByText(/^The code works for another (10:00|9:\d\d)$/)).toBeVisible()
  await goOn(page).click()
  await expect(page.getByRole('heading', { name: STOPS.connected })).toBeVisible()
})

test('the countdown goes down to the end of the code, and says so', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, until: 'code' })
  await page.clock.install()
  await page.reload()
  await expect(page.getByText(/^The code works for another/)).toBeVisible()
  await page.clock.runFor('09:00')
  await expect(page.getByText(/^The code works for another 0:\d\d$/)).toBeVisible()
  await page.clock.runFor('01:00')
  await expect(page.getByText('The code has expired', { exact: true })).toBeVisible()
})

test('a double click on every button leads on', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, go: () => goOn(page).dblclick() })
})

test('the back button leads to a page that says how to go on', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer })
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'You have already sent this' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Go to Tripmate' }).click()
  await expect(page).toHaveURL(`${stack.clientApp}/`)
})

test('two tabs stop and go on independently', async ({ page, stack, newcomer, context }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, until: 'code' })
  const other = await context.newPage()
  await other.goto(`${stack.clientApp}/connect`)
  await goOn(other).click()
  await expect(other.getByRole('heading', { level: 1, name: STOPS.code })).toBeVisible()
  await goOn(page).click()
  await expect(page.getByText(/^The code works for another/)).toBeVisible()
  await goOn(other).click()
  await expect(other.getByText(/^The code works for another/)).toBeVisible()
  await goOn(page).click()
  await expect(page.getByRole('heading', { name: STOPS.connected })).toBeVisible()
  await goOn(other).click()
  await expect(other.getByRole('heading', { name: STOPS.connected })).toBeVisible()
})

test('slow motion ends at a stop, and the rest goes through at once', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, until: 'request' })
  await page.getByRole('button', { name: 'Stop slow motion' }).click()
  await expect(page.getByText('Slow motion is off.')).toBeVisible()
  await goOn(page).click()
  await signIn(page, newcomer)
  await allow(page)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
})

test('works by keyboard alone: the button is the first thing after the title', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, {
    who: newcomer,
    go: async () => {
      await page.locator('#main').focus()
      await page.keyboard.press('Tab')
      await expect(goOn(page)).toBeFocused()
      await page.keyboard.press('Enter')
    },
  })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('works, and says until when the code works', async ({ page, stack, newcomer }) => {
    await turnOn(page, stack)
    await walk(page, {
      who: newcomer,
      at: async name => {
        const withCode = name === 'code' || name === 'arrived'
        await expect(page.getByText(/^The code works until \d\d:\d\d:\d\d UTC$/)).toHaveCount(withCode ? 1 : 0)
      },
      go: () => goOn(page).dblclick(),
    })
  })
})

test('each stop is accessible, light and dark, at every width', async ({ page, stack, newcomer }) => {
  await turnOn(page, stack)
  await walk(page, { who: newcomer, at: () => expectAccessible(page) })
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'You have already sent this' })).toBeVisible()
  await expectAccessible(page)
})
