/** Taking a run along, and comparing: curl and the shell script on the real services, the page from disk, and the looks. */
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { violations } from './support/accessible'
import { addEvent, allow, chooseConnect, connect, eventNamed, signIn } from './support/people'
import type { Stack } from './support/stack'
import { step } from './support/step'
import { expect, test } from './support/test'

const run = promisify(execFile)

/** A folder with the file .env that `npm start` would have written. */
function folderWithEnvFile({ env }: Stack): string {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-exports-'))
  writeFileSync(join(folder, '.env'), `TRIPMATE_CLIENT_SECRET=${env.TRIPMATE_CLIENT_SECRET}\n`)
  return folder
}

function paste(command: string, cwd: string, env: Record<string, string> = {}) {
  return run('sh', ['-c', command], { cwd, env: { PATH: process.env.PATH ?? '', ...env } })
}

async function openRun(page: Page, stack: Stack): Promise<string> {
  await page.goto(`${stack.lab}/runs/newest`)
  await expect(page.locator('#exchanges').getByRole('link', { name: /POST \/token/ })).toBeVisible()
  return page.url()
}

/** The curl command in the panel of the first message with this title. */
async function copiedCommand(page: Page, runUrl: string, title: RegExp): Promise<string> {
  await page.goto(runUrl)
  await page.getByRole('link', { name: title }).first().click()
  await page.getByText('Send it yourself').click()
  return (await page.locator('.take-message pre').textContent()) ?? ''
}

test('a request that was copied as curl runs when it is pasted', async ({ page, stack, newcomer, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stack.lab })
  await connect(page, stack, newcomer)
  await addEvent(page, 'Museum, it’s free')
  await expect(eventNamed(page, 'Museum, it’s free')).toBeVisible()
  const runUrl = await openRun(page, stack)
  const folder = folderWithEnvFile(stack)

  await step(page, 'A call of the API, without a token: the calendar refuses', async () => {
    const command = await copiedCommand(page, runUrl, /Tripmate changes your calendar/)
    expect(command).toContain('"Authorization: Bearer $ACCESS_TOKEN"')
    const { stdout } = await paste(command, folder)
    expect(stdout).toMatch(/^HTTP\/1\.1 40[01] /)
    expect(stdout).toContain('WWW-Authenticate: Bearer')
  })
  await step(page, 'The button copies exactly the command', async () => {
    await page.getByRole('button', { name: 'Copy: the request as curl' }).click()
    const command = await page.locator('.take-message pre').textContent()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command)
  })
  await step(page, 'A page', async () => {
    const command = await copiedCommand(page, runUrl, /The sign-in page/)
    const { stdout } = await paste(command, folder)
    expect(stdout).toMatch(/^HTTP\/1\.1 [234]\d\d /)
  })
  await step(page, 'The token request, with the secret from .env: a code works once', async () => {
    const command = await copiedCommand(page, runUrl, /The code is exchanged for a token/)
    expect(command).not.toContain(stack.env.TRIPMATE_CLIENT_SECRET)
    const { stdout } = await paste(command, folder)
    expect(stdout).toMatch(/^HTTP\/1\.1 400 /)
    expect(stdout).toContain('"error":"invalid_grant"')
  })
})

test('the shell script plays a flow of one’s own: it redeems the code, and uses the token', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  const runUrl = await openRun(page, stack)
  const script = await (await page.request.get(`${runUrl}.sh`)).text()
  expect(script).not.toContain(stack.env.TRIPMATE_CLIENT_SECRET)
  const folder = folderWithEnvFile(stack)
  writeFileSync(join(folder, 'run.sh'), script)

  await step(page, 'As it is: every request is sent, and the used code is refused', async () => {
    const { stdout } = await paste('sh run.sh', folder)
    expect(stdout.match(/^HTTP\/1\.1 \d+/gm)?.length).toBe(script.match(/^send /gm)?.length)
    expect(stdout).toContain('"error":"invalid_grant"')
  })
  await step(page, 'With a code that nobody has used: the tokens of its answer open the calendar', async () => {
    const { code, verifier } = await freshCode(page, stack)
    const { stdout } = await paste('sh run.sh', folder, { CODE: code, CODE_VERIFIER: verifier })
    expect(stdout.match(/^HTTP\/1\.1 \d+/gm)).toEqual(expect.arrayContaining(['HTTP/1.1 200']))
    expect(stdout).not.toMatch(/^HTTP\/1\.1 [45]/m)
    expect(stdout).toContain('"items"')
  })
})

/** A code for Tripmate that Tripmate itself never gets. */
async function freshCode(page: Page, stack: Stack): Promise<{ code: string; verifier: string }> {
  const verifier = 'a-verifier-of-the-tests-own-with-43-characters-or-more'
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const address = new URL('/authorize', stack.authServer)
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: 'tripmate',
    redirect_uri: `${stack.clientApp}/callback`,
    scope: 'calendar.read calendar.write',
    state: 'own',
    code_challenge: Buffer.from(hash).toString('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  // She is signed in and has allowed it before, so the answer is the redirect with the code. It is not followed.
  const answer = await page.request.get(address.href, { maxRedirects: 0 })
  const code = new URL(answer.headers().location ?? '').searchParams.get('code') ?? ''
  return { code, verifier }
}

test('the exported page opens from disk without a request, and whoever reads it finds every message', async ({
  page,
  stack,
  newcomer,
  browser,
}) => {
  await connect(page, stack, newcomer)
  await openRun(page, stack)
  await page.getByText('Take it with you').click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'One page' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^glasshouse-run-[\d-]+\.html$/)
  const file = join(folderWithEnvFile(stack), 'run.html')
  await download.saveAs(file)

  const reader = await browser.newContext({ offline: true, javaScriptEnabled: true })
  const copy = await reader.newPage()
  const requests: string[] = []
  const complaints: string[] = []
  copy.on('request', request => requests.push(request.url()))
  copy.on('console', message => complaints.push(message.text()))
  await copy.goto(pathToFileURL(file).href)
  await expect(copy.getByRole('heading', { level: 1, name: 'What really happened' })).toBeVisible()
  expect(await copy.locator('article').count()).toBeGreaterThan(7)
  await copy
    .locator('.exchanges')
    .getByRole('link', { name: /The code is exchanged for a token/ })
    .click()
  await expect(copy.getByRole('article', { name: /The code is exchanged for a token/ })).toBeInViewport()
  // The inlined style is in force: its policy names it.
  await expect(copy.locator('.whole-why').first()).toHaveCSS('display', 'grid')
  expect(requests).toEqual(
    [pathToFileURL(file).href, `${pathToFileURL(file).href}${new URL(copy.url()).hash}`].slice(0, requests.length),
  )
  expect(complaints).toEqual([])
  await reader.close()

  const atTheLab = await page.goto(`${page.url().replace(/#.*$/, '')}.html`)
  expect(atTheLab?.status()).toBe(200)
  await expect(page.locator('.whole-why').first()).toHaveCSS('display', 'grid')
})

test('printing the run’s page prints every message', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  await openRun(page, stack)
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  const articles = page.locator('.printed-run article')
  expect(await articles.count()).toBeGreaterThan(7)
  for (const article of await articles.all()) await expect(article.getByText('What was sent')).toBeVisible()
  await expect(page.getByText('Open Tripmate')).toBeHidden()
  await page.emulateMedia({ media: 'screen' })
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))
  await expect(articles).toHaveCount(0)
})

test('an allowed and a denied run are compared, and the page goes to where they part', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await page.goto(`${stack.authServer}/account`)
  await page
    .getByRole('button', { name: /Withdraw/ })
    .first()
    .click()
  await chooseConnect(page, stack)
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.goto(`${stack.lab}/runs`)
  await page.getByRole('link', { name: 'compare with the one before' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'Compare two runs' })).toBeVisible()
  await expect(page.locator('#first-difference')).toBeInViewport()
  const decision = page.getByRole('listitem').filter({ has: page.getByText('You decide') })
  await decision.getByText('See what differs').click()
  await expect(decision.locator('mark', { hasText: 'deny' })).toBeVisible()
})

for (const [width, colorScheme] of [
  [320, 'light'],
  [1280, 'dark'],
] as const) {
  test(`no page of this room breaks an accessibility rule: ${colorScheme}, ${width} px wide`, async ({
    page,
    stack,
    newcomer,
  }) => {
    test.setTimeout(90_000) // the exported page holds every message of the run
    await page.setViewportSize({ width, height: 800 })
    await chooseConnect(page, stack)
    await signIn(page, newcomer)
    await allow(page)
    await expect(page.getByText('Your calendar is connected.')).toBeVisible()
    const runUrl = await openRun(page, stack)
    const ids = await page.locator('#exchanges .exchange').evaluateAll(items => items.map(item => item.dataset.id))
    const id = new URL(runUrl).pathname.split('/').at(-1)
    const addresses = [
      `${runUrl}.html`,
      `${runUrl}/messages/${ids[3]}`,
      `${stack.lab}/compare?a=${id}/${ids[1]}&b=${id}/${ids[2]}`,
      `${stack.lab}/compare?a=${id}&b=${id}`,
    ]
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const address of addresses) {
      await page.goto(address)
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true
      })
      expect(await violations(page), address).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow, address).toBeLessThanOrEqual(0)
    }
  })
}
test('two runs that went the same way differ in nothing but what is new each time', async ({
  page,
  freshStack: stack,
}) => {
  await connect(page, stack)
  for (let count = 0; count < 2; count++) {
    await page.getByRole('link', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('link', { name: 'Connect' }).first().click()
    await expect(page.getByText('Your calendar is connected.')).toBeVisible()
  }
  await page.getByRole('link', { name: 'Disconnect' }).click()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByRole('link', { name: 'Connect your calendar' })).toBeVisible()
  const list = await page.request.get(`${stack.lab}/runs`, { headers: { Accept: 'application/json' } })
  const [newest, before] = (await list.json()).filter(({ kind }: { kind: string }) => kind === 'browser')
  await page.goto(`${stack.lab}/compare?a=${before.id}&b=${newest.id}`)
  const differing = page.locator('.message-pair').filter({ hasNot: page.locator('.badge', { hasText: 'the same' }) })
  expect(await differing.allInnerTexts()).toEqual([])
  await expect(page.getByText('Both runs went the same way')).toBeVisible()
})
