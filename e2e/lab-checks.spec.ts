/** What the Lab says the receivers checked, when real requests go right and when each of them is made wrong on purpose. */
import type { Page } from '@playwright/test'
import { allow, chooseConnect, connect, signIn } from './support/people'
import type { Stack } from './support/stack'
import { step } from './support/step'
import { expect, test } from './support/test'

interface Entry {
  _to: string
  _checks: { name: string; result: string }[]
  request: { method: string; url: string }
  response: { status: number }
}

test('a run that goes right has passed every check', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer)
  const entries = await entriesWhen(page, stack, all => all.some(({ _to }) => _to === 'calendar-api'))
  const checked = entries.filter(({ _checks }) => _checks.length > 0)
  expect(checked.filter(({ _checks }) => _checks.some(({ result }) => result !== 'passed'))).toEqual([])
  const paths = new Set(checked.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`))
  for (const path of [
    'GET /authorize',
    'POST /login',
    'POST /consent',
    'GET /callback',
    'POST /token',
    'GET /calendar/events',
  ]) {
    expect([...paths]).toContain(path)
  }
  const names = checked.flatMap(({ _checks }) => _checks.map(({ name }) => name))
  expect(names).toEqual(expect.arrayContaining(['verifier-matches-challenge', 'state-unused', 'signature-right']))
})

test('an answer with a state that is not from this browser is refused by its state', async ({
  page,
  stack,
  newcomer,
}) => {
  await connect(page, stack, newcomer)
  await step(page, 'Open a callback that Tripmate did not ask for', async () => {
    await page.goto(`${stack.clientApp}/callback?code=abcdefghijkl&state=mnopqrstuvwx&iss=${stack.authServer}`)
  })
  expect(await refusedAt(page, stack, '/callback')).toEqual(['state-of-this-browser'])
})

test('the same answer a second time is refused, though Tripmate shows no error', async ({ page, stack, newcomer }) => {
  const answers: string[] = []
  page.on('request', request => request.url().includes('/callback?') && answers.push(request.url()))
  await connect(page, stack, newcomer)
  await step(page, 'Follow the same redirect once more', async () => {
    await page.goto(answers[0] ?? '')
    await expect(page.getByText('Your calendar is already connected.')).toBeVisible()
  })
  expect(await refusedAt(page, stack, '/callback')).toEqual(['state-unused'])
})

test('“Deny” is shown as the check that did not pass', async ({ page, stack, newcomer }) => {
  await chooseConnect(page, stack)
  await signIn(page, newcomer)
  await step(page, 'Choose Deny', () => page.getByRole('button', { name: 'Deny' }).click())
  expect(await refusedAt(page, stack, '/consent')).toEqual(['user-allows'])
  expect(await refusedAt(page, stack, '/callback')).toEqual(['no-error'])
})

test('a token request with a wrong redirect_uri, and one with a wrong verifier', async ({ page, stack, newcomer }) => {
  await connect(page, stack, newcomer) // so that consent is not asked for below
  const redirectUri = `${stack.clientApp}/callback`
  for (const [wrong, check] of [
    [{ redirect_uri: `${redirectUri}/` }, 'redirect-uri-matches'],
    [{ code_verifier: 'v'.repeat(43) }, 'verifier-matches-challenge'],
  ] as const) {
    await step(page, `Redeem a code by hand: ${check}`, async () => {
      const code = await codeByHand(page, stack, redirectUri)
      const answer = await page.request.post(`${stack.authServer}/token`, {
        form: {
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: 'w'.repeat(43),
          client_id: 'tripmate',
          client_secret: stack.env.TRIPMATE_CLIENT_SECRET ?? '',
          ...wrong,
        },
      })
      expect(answer.status()).toBe(400)
      await expect.poll(async () => (await refusedAt(page, stack, '/token')).at(-1)).toBe(check)
    })
  }
})

test('a token without the scope is refused by its scope', async ({ page, stack, newcomer }) => {
  await chooseConnect(page, stack)
  await signIn(page, newcomer)
  await allow(page, /Add and change/)
  await expect(page.getByText('Your calendar is connected.')).toBeVisible()
  // Tripmate does not even try to write without the permission, so the token request is made by hand.
  const redirectUri = `${stack.clientApp}/callback`
  const code = await codeByHand(page, stack, redirectUri, 'calendar.read')
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: VERIFIER,
    client_id: 'tripmate',
    client_secret: stack.env.TRIPMATE_CLIENT_SECRET ?? '',
  }
  const { access_token: token } = await (await page.request.post(`${stack.authServer}/token`, { form })).json()
  const answer = await page.request.post(`${stack.calendarApi}/calendar/events`, {
    headers: { authorization: `Bearer ${token}` },
    data: { summary: 'Not allowed' },
  })
  expect(answer.status()).toBe(403)
  expect(await refusedAt(page, stack, '/calendar/events')).toEqual(['scope-sufficient'])
})

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Makes Tripmate's authorization request as a program would, in this browser. @returns the code */
async function codeByHand(page: Page, stack: Stack, redirectUri: string, scope = 'calendar.read calendar.write') {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'tripmate',
    redirect_uri: redirectUri,
    scope,
    state: 'made-by-hand',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  })
  const answer = await page.request.get(`${stack.authServer}/authorize?${query}`, { maxRedirects: 0 })
  return new URL(answer.headers().location ?? '').searchParams.get('code') ?? ''
}

/** The checks that refused at this path, in all runs of this browser. Waits until there is one: reports take a moment. */
async function refusedAt(page: Page, stack: Stack, path: string): Promise<string[]> {
  const refused = (entries: Entry[]) =>
    entries
      .filter(({ request }) => new URL(request.url).pathname === path)
      .flatMap(({ _checks }) => _checks.filter(({ result }) => result === 'refused').map(({ name }) => name))
  return refused(await entriesWhen(page, stack, entries => refused(entries).length > 0))
}

/** The entries of all runs of this browser, oldest first, once they contain what is waited for. */
async function entriesWhen(page: Page, stack: Stack, isThere: (entries: Entry[]) => boolean): Promise<Entry[]> {
  let entries: Entry[] = []
  await expect
    .poll(async () => {
      const runs: { id: string }[] = await (
        await page.request.get(`${stack.lab}/runs`, { headers: { accept: 'application/json' } })
      ).json()
      entries = []
      for (const { id } of runs.toReversed()) {
        const har = await (await page.request.get(`${stack.lab}/runs/${id}.har`)).json()
        entries.push(...har.log.entries)
      }
      return isThere(entries)
    })
    .toBe(true)
  return entries
}
