/** A developer tests in a browser how their app handles an error in the authorization request. */
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { registerApp, signIn } from './support/people'
import { expect, test } from './support/test'

test('an app on the same device gets the error by redirect (RFC 6749 §4.1.2.1)', async ({ page, request, stack }) => {
  const app = await startTestServer()
  app.answerWith((_request, response) => response.end('<!doctype html><title>My app</title>'))
  const redirect_uri = `${app.url}/callback`
  const data = { redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' }
  const { client_id } = await (await request.post(`${stack.authServer}/register`, { data })).json()

  // PKCE is missing.
  await page.goto(
    `${stack.authServer}/authorize?${new URLSearchParams({ response_type: 'code', client_id, redirect_uri, state: 'xyz' })}`,
  )
  await expect(page).toHaveTitle('My app')
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ error: 'invalid_request', state: 'xyz' })
  await app.stop()
})

test('an app that alice registered gets her errors by redirect; other users see a page first', async ({
  page,
  browser,
  stack,
  newcomer,
}) => {
  const redirectUri = 'https://my-app.example/callback'
  await registerApp(page, stack, { who: newcomer, name: 'Mine', redirectUri })
  const client_id = new URL(page.url()).pathname.replace('/developer/', '')
  const parameters = { response_type: 'code', client_id, redirect_uri: redirectUri, scope: 'everything' }
  const url = `${stack.authServer}/authorize?${new URLSearchParams(parameters)}`

  // The request itself is enough, because no server of that name exists.
  const asked = page.waitForRequest(request => request.url().startsWith(redirectUri))
  await page.evaluate(address => location.assign(address), url)
  expect(new URL((await asked).url()).searchParams.get('error')).toBe('invalid_scope')

  const another = await (await browser.newContext()).newPage()
  await another.goto(`${stack.authServer}/login`)
  await signIn(another)
  await another.goto(url)
  await expect(another.getByRole('heading', { name: 'Mine asked for something it cannot have' })).toBeVisible()
  await another.context().close()
})
