/**
 * Tests the redirects after a form in a real browser, which enforces the form's `form-action` on every one of them,
 * even on those of the client's own servers. Each test ends where the client wants to lead the user.
 */

import { startTestServer, type TestServer } from '@glasshouse/shared/testing/test-server'
import type { APIRequestContext, Page } from '@playwright/test'
import { allow, signIn } from './support/people'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

const APP_SCHEME = 'com.example.app:/opened'
const CODE = /^[\w-]{43}$/

/** A client with three servers: one with its callback, and two more that it can redirect the user to. */
let servers: TestServer[]

test.beforeAll(async () => {
  servers = await Promise.all([startTestServer(), startTestServer(), startTestServer()])
  for (const [number, server] of servers.entries()) {
    server.answerWith((request, response) => {
      const { pathname, search } = new URL(request.url ?? '/', server.url)
      const target = nextHop(number, pathname)
      if (target) response.writeHead(302, { Location: target + search }).end()
      else
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Back</title><h1>Back</h1>')
    })
  }
})
test.afterAll(() => Promise.all(servers.map(server => server.stop())))

/** Where server `number` redirects a request for this path; undefined if it shows a page. */
function nextHop(number: number, path: string): string | undefined {
  const [first, second, third] = servers.map(server => server.url)
  if (number === 0 && path === '/elsewhere') return `${second}/page`
  if (number === 0 && path === '/app') return APP_SCHEME
  if (path !== '/hops') return undefined
  return [`${second}/hops`, `${third}/hops`, `${first}/page`][number]
}

for (const [to, path, ends] of [
  ['a page of the callback', '/page', () => `${servers[0]?.url}/page`],
  ['another origin', '/elsewhere', () => `${servers[1]?.url}/page`],
  ['three hops across origins', '/hops', () => `${servers[0]?.url}/page`],
  ["an app's scheme", '/app', () => APP_SCHEME],
] as const) {
  const redirectUri = () => `${servers[0]?.url}${path}`

  test(`a callback that leads to ${to}: after Allow`, async ({ page, request, stack, newcomer }) => {
    const client = await register(request, stack, redirectUri())
    await page.goto(client.url())
    await signIn(page, newcomer)
    expect(await leads(page, ends(), () => allow(page))).toMatch(CODE)
  })

  test(`a callback that leads to ${to}: after Deny`, async ({ page, request, stack, newcomer }) => {
    const client = await register(request, stack, redirectUri())
    await page.goto(client.url())
    await signIn(page, newcomer)
    expect(await leads(page, ends(), () => deny(page), 'error')).toBe('access_denied')
  })

  test(`a callback that leads to ${to}: after a sign-in with remembered consent, with prompt=login, and as another user`, async ({
    context,
    request,
    stack,
    newcomer,
  }) => {
    test.setTimeout(60_000) // eight sign-ins and redirects
    const client = await register(request, stack, redirectUri())
    const first = await context.newPage()
    await first.goto(client.url())
    await signIn(first, newcomer)
    await leads(first, ends(), () => allow(first))

    await context.clearCookies()
    for (const prompt of [{}, { prompt: 'login' }]) {
      // In a new page: a browser that asks whether to open an app ignores clicks until the user has answered. The old
      // pages stay open: Chromium may drop a context whose last page is closed.
      const page = await context.newPage()
      await page.goto(client.url(prompt))
      expect(await leads(page, ends(), () => signIn(page, newcomer))).toMatch(CODE)
    }

    const page = await context.newPage()
    await page.goto(client.url({ scope: 'calendar.read', prompt: 'consent' }))
    await page.getByRole('button', { name: 'Sign in as another user' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await signIn(page, newcomer)
    expect(await leads(page, ends(), () => allow(page))).toMatch(CODE)
  })
}

for (const [answer, parameter, value] of [
  ['Allow', 'code', CODE],
  ['Deny', 'error', /^access_denied$/],
] as const) {
  test(`a redirect URI with an app's scheme: after ${answer} (RFC 8252 §7.1)`, async ({
    page,
    request,
    stack,
    newcomer,
  }) => {
    const client = await register(request, stack, APP_SCHEME, 'native')
    await page.goto(client.url())
    await signIn(page, newcomer)
    const send = () => page.getByRole('button', { name: answer }).click()
    expect(await leads(page, APP_SCHEME, send, parameter)).toMatch(value)
  })
}

test('a redirect URI at an IPv6 loopback address: after Allow (RFC 8252 §7.3)', async ({
  page,
  request,
  stack,
  newcomer,
}) => {
  const redirectUri = 'http://[::1]:7357/callback'
  const client = await register(request, stack, redirectUri, 'native')
  await page.goto(client.url())
  await signIn(page, newcomer)
  expect(await leads(page, redirectUri, () => allow(page))).toMatch(CODE)
})

function deny(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Deny' }).click()
}

/**
 * Sends the form of a page and waits until the browser requests the address where its redirects end. A browser whose
 * policy forbids one of the redirects requests no further address.
 * @returns the parameter of the authorization response that arrived there
 */
async function leads(page: Page, address: string, send: () => Promise<void>, parameter = 'code') {
  const asked = page.waitForRequest(request => request.url().split('?')[0] === address)
  await send()
  const request = await asked
  return new URL(request.url()).searchParams.get(parameter)
}

/** @returns the client's authorization request */
async function register(
  request: APIRequestContext,
  { authServer }: Stack,
  redirect_uri: string,
  application_type = 'web',
) {
  const data = { redirect_uris: [redirect_uri], application_type }
  const { client_id } = await (await request.post(`${authServer}/register`, { data })).json()
  const parameters = {
    response_type: 'code',
    client_id,
    redirect_uri,
    state: 'xyz',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', // RFC 7636 Appendix B
    code_challenge_method: 'S256',
  }
  return {
    url: (more: Record<string, string> = {}) =>
      `${authServer}/authorize?${new URLSearchParams({ ...parameters, ...more })}`,
  }
}
