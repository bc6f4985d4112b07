import type { Page } from '@playwright/test'
import { violations } from './support/accessible'
import { addEvent, connect } from './support/people'
import { type Stack, startStack } from './support/stack'
import { expect, test } from './support/test'

/** Everything that the Lab has of this browser, and of the services on their own. */
async function entriesOf(page: Page, stack: Stack) {
  const runs: { id: string }[] = await (
    await page.request.get(`${stack.lab}/runs`, { headers: { Accept: 'application/json' } })
  ).json()
  const hars = await Promise.all(
    runs.map(async ({ id }) => (await page.request.get(`${stack.lab}/runs/${id}.har`)).json()),
  )
  return hars.flatMap(har => har.log.entries)
}

const OWNERS: Record<string, string> = {
  clientApp: 'client-app',
  authServer: 'auth-server',
  calendarApi: 'calendar-api',
}
/** What the services ask of their own accord belongs to no browser. */
const ON_THEIR_OWN = /^\/(?:healthz|ended-tokens|jwks)/

test('every message that passes between the parties is in the Lab, and nothing else is', async ({ page }) => {
  const stack = await startStack({ recording: true })
  try {
    await connect(page, stack)
    await addEvent(page, 'Dinner with the Hatter')
    await page.getByRole('link', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect(page.getByRole('link', { name: 'Connect your calendar' })).toBeVisible()
    const path = (target: string) => target.split('?')[0]
    const passed = () =>
      stack.passed
        .filter(({ exchange }) => !ON_THEIR_OWN.test(exchange.target) && exchange.target !== '/favicon.ico')
        .map(({ to, exchange }) => `${OWNERS[to]} ${exchange.method} ${path(exchange.target)} ${exchange.status}`)
        .sort()
    const recorded = async () =>
      (await entriesOf(page, stack))
        .filter(entry => !ON_THEIR_OWN.test(new URL(entry.request.url).pathname))
        .map(
          entry =>
            `${entry._to} ${entry.request.method} ${new URL(entry.request.url).pathname} ${entry.response.status}`,
        )
        .sort()
    // Both are read again each time: a page may still be sending something.
    await expect(async () => expect(await recorded()).toEqual(passed())).toPass({ timeout: 10_000 })
    expect(passed()).toContain('auth-server POST /token 200')
    expect(passed()).toContain('calendar-api POST /calendar/events 201')
    expect(passed()).toContain('auth-server POST /revoke 200')
  } finally {
    await stack.close()
  }
})

test('the diagram draws what the record holds: who to whom, by which channel, in which step', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await page.goto(`${stack.lab}/runs/newest`)
  const drawn = await page.locator('.exchange').evaluateAll(items =>
    items.map(item => {
      const arrow = item.querySelector('.arrow')
      return [
        arrow?.querySelector('.arrow-number')?.lastChild?.textContent,
        arrow?.className.match(/span-\d-\d/)?.[0],
        arrow?.className.includes('arrow-front'),
      ]
    }),
  )
  const columns = ['browser', 'client-app', 'auth-server', 'calendar-api']
  const [run] = await (await page.request.get(`${stack.lab}/runs`, { headers: { Accept: 'application/json' } })).json()
  const har = await (await page.request.get(`${stack.lab}/runs/${run.id}.har`)).json()
  const expected = har.log.entries.slice(0, drawn.length).map((entry: Record<string, string>) => {
    const ends = [columns.indexOf(entry._from ?? ''), columns.indexOf(entry._to ?? '')].sort()
    return [String(entry._number), `span-${ends.join('-')}`, entry._channel === 'front']
  })
  expect(drawn).toEqual(expected)
  const steps = new Set(har.log.entries.flatMap((entry: Record<string, number>) => [entry._step, entry._responseStep]))
  for (const step of [1, 2, 3, 4, 5, 6]) {
    expect(steps).toContain(step)
    await expect(page.locator(`#step-${step}`)).toHaveText(`Step ${step}`)
  }
})

test('an open page grows while it happens, and a number that was shown stays', async ({
  page,
  context,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  const watch = await context.newPage()
  await watch.goto(`${stack.lab}/runs/newest`)
  const before = await watch.locator('.exchange').count()
  await addEvent(page, 'Tea')
  await expect(watch.locator('.exchange').getByText('/calendar/events').nth(4)).toBeVisible()
  expect(await watch.locator('.exchange').count()).toBeGreaterThan(before)
  const numbers = () =>
    watch
      .locator('.exchange > .arrow:first-child .arrow-number')
      .evaluateAll(all => all.map(one => Number(one.lastChild?.textContent)))
  await expect(async () => {
    const shown = await numbers()
    expect(shown.toSorted((a, b) => a - b)).toEqual(shown.map((_, index) => index + 1))
    expect(await watch.locator('#shown-count').textContent()).toBe(String(shown.length))
    await watch.reload()
    expect(await numbers()).toEqual(shown)
  }).toPass()
})

test('a message opens beside the diagram, by mouse and by keyboard, and closes', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await page.goto(`${stack.lab}/runs/newest`)
  const panel = page.getByRole('complementary', { name: 'The chosen message' })
  await page.locator('.exchange .arrow').filter({ hasText: 'The code is exchanged for a token' }).click()
  await expect(panel.getByRole('heading', { name: 'The code is exchanged for a token' })).toBeFocused()
  await expect(panel).toContainText('grant_type=authorization_code')
  await expect(panel).toContainText('And a thief?')
  await expect(page).toHaveURL(/\/messages\/[\da-f]{16}$/)
  await page.keyboard.press('ArrowDown')
  await expect(panel.getByRole('heading', { level: 2 })).not.toContainText('The code is exchanged')
  await page.keyboard.press('Escape')
  await expect(panel.getByRole('heading')).toHaveCount(0)
  await page.locator('.exchange .arrow').first().focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('heading', { name: 'The authorization request' })).toBeVisible()
})

test('a message that is drawn again keeps the focus and the choice, and a click on it is not lost', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  let send = (_part: { id: string; before: string; html: string }) => {}
  await page.route('**/live?*', async route => {
    const part = await new Promise(resolve => {
      send = resolve
    })
    const data = JSON.stringify({ parts: [part], shown: 9, folded: 0, words: '' })
    await route.fulfill({ contentType: 'text/event-stream', body: `retry: 1\ndata: ${data}\n\n` })
  })
  const listens = () => page.waitForRequest('**/live?*')
  const listening = listens()
  await page.goto(`${stack.lab}/runs/newest`)
  await listening
  const messages = page.locator('#exchanges > .exchange')
  const [part, before] = await messages.evaluateAll(items =>
    items.map(item => ({ id: item.id.replace('m-', ''), html: item.outerHTML })),
  )
  if (!part || !before) throw new Error('the run has too few messages')
  const drawAgain = () => send({ ...part, before: before.id })
  const first = messages.first().locator('> .arrow').first()

  await first.press('Enter')
  await expect(page.locator('#panel-title')).toBeFocused()
  await first.focus()
  const old = await first.elementHandle()
  const listeningAgain = listens()
  drawAgain()
  await listeningAgain
  await expect.poll(() => old?.evaluate(element => element.isConnected)).toBe(false)
  await expect(first).toBeFocused()
  await expect(first).toHaveClass(/chosen/)

  await first.hover()
  await page.mouse.down()
  const listeningOnceMore = listens()
  drawAgain()
  await listeningOnceMore // so what was sent before has arrived
  await page.evaluate('document.querySelector("#panel-title").textContent = "to be replaced"')
  await page.mouse.up()
  await expect(page.locator('#panel-title')).not.toHaveText('to be replaced')
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})

test('pointing at a value lights it up wherever it stands, and its life can be read', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await page.goto(`${stack.lab}/runs/newest`)
  await page.locator('.exchange .arrow').filter({ hasText: 'The code is exchanged for a token' }).click()
  const verifier = page.locator('.wire-form', { hasText: 'code_verifier' }).locator('.value')
  await verifier.hover()
  await expect(page.locator('.exchange.lit').first()).toContainText('/connect')
  await verifier.click()
  await expect(page.getByRole('heading', { name: 'The life of this code verifier' })).toBeVisible()
  await expect(page.locator('.recompute')).toContainText('they are equal')
  await expect(page.locator('.life li')).toHaveCount(3)
})

test('who has seen what: the password only you and Accounts, the token never the browser', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  const seenBy = async (name: string) => {
    const cells = page.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell')
    return (await cells.evaluateAll(all => all.map(cell => cell.querySelector('a') !== null))).map(Number).join('')
  }
  // You, address bar, Tripmate, Accounts, Calendar. The services report on their own time: the calendar's call is the last.
  await expect(async () => {
    await page.goto(`${stack.lab}/runs/newest`)
    expect(await seenBy('access token')).toBe('00111')
  }).toPass()
  expect(await seenBy('your password')).toBe('10010')
  expect(await seenBy('client secret')).toBe('00110')
  expect(await seenBy('code verifier')).toBe('00110')
  expect(await seenBy('authorization code')).toBe('11110')
  expect(await seenBy('refresh token')).toBe('00110')
})

test('without JavaScript a run and a message can be read', async ({ browser, stack, newcomer }) => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await connect(page, stack, newcomer)
  await page.goto(`${stack.lab}/runs`)
  await page.getByRole('link', { name: 'Your newest run' }).click()
  await page.locator('.exchange .arrow').filter({ hasText: 'Your password goes to Accounts' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'Your password goes to Accounts' })).toBeVisible()
  await expect(page.locator('.panel')).toContainText('password=(never-recorded)')
  await context.close()
})

test('two browsers never see each other’s runs', async ({ page, browser, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await page.goto(`${stack.lab}/runs/newest`)
  const address = page.url()
  const stranger = await (await browser.newContext()).newPage()
  expect((await stranger.goto(address))?.status()).toBe(404)
  await stranger.goto(stack.clientApp)
  expect((await stranger.goto(address))?.status()).toBe(404)
  await stranger.context().close()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the pages of a run (${colorScheme})`, async ({ page, stack, newcomer }) => {
    test.setTimeout(60_000)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await connect(page, stack, newcomer)
    await page.goto(`${stack.lab}/runs/newest`)
    const message = (await page.locator('.exchange .arrow').nth(8).getAttribute('href')) ?? ''
    const value = async () => (await page.locator('.value').first().getAttribute('href')) ?? ''
    for (const path of [page.url(), `${stack.lab}/runs`, stack.lab + message]) {
      await page.goto(path)
      await page.locator('details').evaluateAll(all => {
        for (const one of all) one.setAttribute('open', '')
      })
      expect(await violations(page), path).toEqual([])
      await page.setViewportSize({ width: 320, height: 800 })
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect(tooWide, `${path} at 320 px`).toBeLessThanOrEqual(0)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
    await page.goto(stack.lab + (await value()))
    expect(await violations(page)).toEqual([])
  })
}
