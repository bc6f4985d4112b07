/** The Lab's way in: the home page, the tour, on which every stop is played on the real services, and the glossary. */
import type { Locator, Page } from '@playwright/test'
import { STOPS } from '../apps/lab/src/tour/stops'
import { expectAccessible } from './support/accessible'
import { ALICE, allow, signIn } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'
import { connectUnseen } from './support/unseen'

test.setTimeout(90_000)

interface Learner {
  /** The tour. */
  page: Page
  stack: Stack
  /** What the tour asks for happens in a tab of its own. */
  tab: Page
}

/** What each stop asks the learner to do. */
const TASKS: Record<string, (learner: Learner) => Promise<unknown>> = {
  async password({ tab, stack }) {
    await tab.goto(stack.clientApp)
    await tab.getByRole('link', { name: 'Connect your calendar' }).click()
    await signIn(tab)
  },
  async scope({ tab, stack }) {
    await tab.goto(`${stack.clientApp}/connect?ask=write`)
    await allow(tab, /Add and change/)
    await expect(tab.getByRole('button', { name: 'Add to calendar' })).toBeDisabled()
  },
  async consent({ tab, stack }) {
    await tab.goto(`${stack.clientApp}/connect?ask=write`)
    await allow(tab)
    await expect(tab).toHaveURL(`${stack.clientApp}/`)
    await tab.goto(`${stack.clientApp}/disconnect`)
    await tab.getByRole('button', { name: 'Disconnect' }).click()
    await expect(tab).toHaveURL(`${stack.clientApp}/`)
    await connectAgain(tab, stack)
    await tab.goto(`${stack.authServer}/account`)
    await tab.getByRole('button', { name: 'Withdraw access of Tripmate' }).click()
    await expect(tab.getByText('no longer has access')).toBeVisible()
    await tab.goto(`${stack.clientApp}/connect`)
    await allow(tab)
    await expect(tab).toHaveURL(`${stack.clientApp}/`)
  },
  code: ({ tab, stack }) => connectAgain(tab, stack),
  async state({ page, tab }) {
    const mail = page.getByRole('link', { name: 'the link from Mallory’s mail' })
    await tab.goto((await mail.getAttribute('href')) ?? '')
    await expect(tab.getByRole('heading', { level: 1 })).toHaveText('This answer cannot be used')
  },
  pkce: ({ tab, stack }) => connectAgain(tab, stack),
  'back-channel': ({ tab, stack }) => connectAgain(tab, stack),
  async api({ page, tab, stack }) {
    await tab.goto(stack.clientApp)
    const events = page.getByRole('link', { name: 'the same events at Calendar' })
    await tab.goto((await events.getAttribute('href')) ?? '')
    await press(tab, stack, 'Revoke this one token')
    await press(tab, stack, 'Let Tripmate use it')
  },
  refresh: ({ tab, stack }) => press(tab, stack, 'Refresh now'),
}

async function press(tab: Page, stack: Stack, button: string): Promise<void> {
  await tab.goto(`${stack.lab}/runs/newest`)
  await tab.getByRole('button', { name: button }).click()
  await expect(tab.getByRole('heading', { name: `You pressed “${button}”` })).toBeVisible()
}

/** Signed in, and allowed before: no page asks anything. */
async function connectAgain(tab: Page, stack: Stack): Promise<void> {
  await tab.goto(`${stack.clientApp}/connect`)
  await expect(tab).toHaveURL(`${stack.clientApp}/`)
}

/** What earlier stops leave behind: alice is connected. */
async function connected({ tab, stack }: Learner): Promise<void> {
  await connectUnseen(tab, stack, ALICE)
  await tab.goto(stack.clientApp)
}

for (const stop of STOPS) {
  test(`the tour, “${stop.question}”: bet, do it, and see the message that decides`, async ({
    page,
    stack,
    context,
  }) => {
    const tab = await context.newPage()
    const learner = { page, stack, tab }
    if (stop.id !== 'password') await connected(learner)
    await page.goto(`${stack.lab}/tour/${stop.id}`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(stop.question)
    await page.getByRole('button', { name: stop.answers[0].text }).click()
    await expect(page.getByRole('heading', { name: 'Find out' })).toBeVisible()

    await TASKS[stop.id]?.(learner)

    // The page looks for the message when the learner comes back.
    await page.bringToFront()
    await expect(page.getByRole('heading', { name: 'What was really sent' })).toBeVisible()
    const pieces = page.locator('.evidence')
    await expect(pieces).toHaveCount(stop.proof.length)
    for (const [index, { title, request = {}, response = {}, claims = {} }] of stop.proof.entries()) {
      const piece = pieces.nth(index)
      await expect(piece.getByRole('heading', { level: 3 })).toHaveText(title)
      // Each note stands beside a line that was really sent.
      const notes = Object.keys(request).length + Object.keys(response).length + Object.keys(claims).length
      await expect(piece.locator('mark')).toHaveCount(notes)
      await expect(piece.locator('.sent-note')).toHaveCount(notes)
      await expect(piece.getByRole('link', { name: /of your run/ })).toHaveAttribute(
        'href',
        /^\/runs\/[\w-]+\/messages\/[0-9a-f]{16}$/,
      )
    }
    await expect(page.locator('.verdict[data-right="true"]')).toContainText(
      stop.answers.find(({ right }) => right)?.text ?? '',
    )
    for (const piece of await pieces.all()) await expect(piece).not.toContainText(ALICE.password)
    await expectAccessible(page)
  })
}

test('a whole stop by keyboard alone, with the definition of a term, which Escape closes', async ({
  page,
  stack,
  context,
}) => {
  await page.goto(`${stack.lab}/tour/password`)
  await tabTo(page, page.getByRole('button', { name: /Only Glasshouse Accounts/ }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Not seen yet' })).toBeVisible()
  const tab = await context.newPage()
  await TASKS.password?.({ page, stack, tab })
  await page.bringToFront()
  await expect(page.locator('#evidence')).toBeFocused()

  await tabTo(page, page.getByRole('link', { name: 'token', exact: true }))
  const note = page.getByRole('tooltip').filter({ hasText: 'A value that opens something' })
  await expect(note).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(note).toBeHidden()

  await tabTo(page, page.getByRole('link', { name: 'Next: What is a scope?' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'What is a scope?' })).toBeVisible()
})

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    if (await target.evaluate(element => element === element.ownerDocument.activeElement)) return
  }
  throw new Error(`Tab does not reach ${target}`)
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a stop works: bet, task, look again, evidence; and a term shows its definition', async ({
    page,
    stack,
    context,
  }) => {
    await page.goto(`${stack.lab}/tour/password`)
    await page.getByRole('button', { name: /Only Glasshouse Accounts/ }).click()
    const tab = await context.newPage()
    await TASKS.password?.({ page, stack, tab })
    await expect(async () => {
      await page.getByRole('link', { name: 'Look again' }).click()
      await expect(page.getByRole('heading', { name: 'What was really sent' })).toBeVisible({ timeout: 500 })
    }).toPass()
    await page.getByRole('link', { name: 'token', exact: true }).focus()
    await expect(page.getByRole('tooltip').filter({ hasText: 'A value that opens something' })).toBeVisible()
  })
})

test('the summary follows the last stop, and leads to the run', async ({ page, stack }) => {
  await page.goto(`${stack.lab}/tour/refresh`)
  await page.getByRole('link', { name: 'Now you can answer all nine' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Now you can answer' })).toBeVisible()
  for (const { question, lesson } of STOPS) {
    await page.getByText(question, { exact: true }).click()
    await expect(page.getByText(lesson)).toBeVisible()
  }
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Watch your run' }).click()
  await expect(page).toHaveURL(`${stack.lab}/runs`)
})

for (const path of ['/', '/tour', '/tour/password', '/glossary', '/glossary#pkce']) {
  test(`${path}: accessible in light and dark, and no wider than a phone`, async ({ page, stack }) => {
    await page.goto(stack.lab + path)
    await expectAccessible(page)
  })
}

test('on a phone a definition stands inside the window', async ({ page, stack }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(stack.lab)
  for (const term of await page.locator('.term > a').all()) {
    await term.focus()
    const box = await page.getByRole('tooltip').filter({ visible: true }).boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(0)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320)
  }
})
