import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { hashToken } from '../../src/tokens/opaque-token'
import { CALLBACK, developerServer, linkOn, secretOn } from '../developer-page'
import { authorizationUrl, CODE_CHALLENGE, signIn } from '../support'

const { its, developerPageOf, registerApp, stored } = developerServer()

describe('the developer page', () => {
  test('requires sign-in, and signing in leads back to it', async () => {
    await developerPageOf()
  })

  test.each([
    'https://evil.example/',
    '//evil.example/',
    'developer//evil.example',
    'developer/app_0123456789abcdef01234567/secret',
    'developer/app_0123456789abcdef01234567\n',
    'developer/tripmate',
  ])('is the only target of next, which is a name, not a URL (RFC 9700 §4.11): %j', async next => {
    const browser = new TestBrowser()
    const login = await browser.get(`${its.server.url}/login?${new URLSearchParams({ next })}`)
    expect(login.body).toContain('Sign in to see which apps have access')
    const answer = await browser.submit(login, { username: 'alice', password: 'wonderland', next })
    expect(answer.location.href).toBe(`${its.server.url}/account`)
  })

  test('the page of an app asks the user to sign in, says why, and comes back', async () => {
    const { url } = await registerApp()
    const browser = new TestBrowser()
    const login = await browser.follow(await browser.get(`${url}/delete`), its.server.url)
    expect(login.body).toContain('Sign in to continue with your app.')
    expect((await signIn(its.server, browser, login)).url).toBe(url)
    const list = await new TestBrowser().get(`${its.server.url}/developer`)
    const page = await new TestBrowser().get(list.location)
    expect(page.body).toContain('Sign in to register your own app.')
    const wrong = await browser.submit(page, { username: 'alice', password: 'wrong' })
    expect(new URL(wrong.url).search).toBe('?next=developer')
  })

  test.each(['', '/secret', '/delete'])(
    'a user who has been signed out meanwhile is told, and can come back: POST …%s',
    async path => {
      const { browser, app, url } = await registerApp()
      await browser.submit(await browser.get(`${its.server.url}/account`), {})
      const { fields } = readForms(app).find(({ names }) => names.includes('client_name')) ?? { fields: {} }
      const refused = await browser.post(url + path, fields)
      expect(refused.status).toBe(403)
      expect(refused.body).toContain('You were signed out')
      const login = await browser.get(linkOn(refused, 'Sign in'))
      expect((await signIn(its.server, browser, login)).url).toBe(url)
      expect((await browser.get(url)).body).toContain('My own app')
    },
  )

  test('a form from an earlier session is refused with a link to its page', async () => {
    const { browser, app, url } = await registerApp()
    await browser.submit(await browser.get(`${its.server.url}/account`), {})
    await signIn(its.server, browser, await browser.get(`${its.server.url}/login`))
    const { fields } = readForms(app).find(({ names }) => names.includes('client_name')) ?? { fields: {} }
    for (const path of ['', '/delete']) {
      const refused = await browser.post(url + path, fields)
      expect(refused.status).toBe(403)
      expect(linkOn(refused, 'Open the page again').href).toBe(url)
    }
  })

  test('registers an app, and shows its secret once', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    expect(secret).toBeDefined()
    expect(app.headers.get('cache-control')).toBe('no-store')
    expect(app.body).toContain('My own app')
    const again = await browser.get(url)
    expect(again.status).toBe(200)
    expect(again.body).toContain(id)
    expect(again.body).not.toContain(secret)
    expect(await stored()).not.toContain(secret)
  })

  test('keeps a secret that was not shown yet encrypted, for its own app and session only', async () => {
    const { browser, page } = await developerPageOf()
    const register = async (client_name: string) =>
      (await browser.submit(page, { client_name, redirect_uris: CALLBACK }, 'client_name')).location
    const [one, other] = [await register('One'), await register('Another')]
    const before = await stored()
    expect(before).toContain('newSecrets')
    const elsewhere = new TestBrowser()
    await signIn(its.server, elsewhere, await elsewhere.get(`${its.server.url}/login`))
    expect(secretOn(await elsewhere.get(one))).toBeUndefined()
    const secrets = [secretOn(await browser.get(one)), secretOn(await browser.get(other))]
    expect(new Set(secrets).size).toBe(2)
    for (const secret of secrets) {
      expect(secret).toBeDefined()
      expect(before).not.toContain(secret)
    }
    expect(secretOn(await browser.get(one))).toBeUndefined()
  })

  test('does not show a secret that has been replaced meanwhile', async () => {
    const { browser, page } = await developerPageOf()
    const app = await browser.submit(page, { client_name: 'Mine', redirect_uris: CALLBACK }, 'client_name')
    const { db } = its.server.context
    const id = app.location.pathname.slice('/developer/'.length)
    await db
      .updateTable('clients')
      .set({ secret_hash: hashToken('another') })
      .where('id', '=', id)
      .execute()
    expect(secretOn(await browser.get(app.location))).toBeUndefined()
  })

  test('explains registration in the strip, and what was sent by RFC 7591 §2', async () => {
    const { browser, page } = await developerPageOf()
    expect(page.body).toContain('Registration comes before step 1')
    const answer = await browser.submit(
      page,
      { client_name: '', redirect_uris: '', require_pkce: 'true' },
      'client_name',
    )
    const explained = [...answer.body.matchAll(/<dt><code>([^<]*)<[\s\S]*?explained-meaning">([\s\S]*?)<\/dd>/g)]
    const meaning = new Map(explained.map(([, name = '', text = '']) => [name, text]))
    for (const name of ['client_name', 'redirect_uris', 'token_endpoint_auth_method', 'require_pkce']) {
      expect(meaning.get(name)).toContain('RFC 7591 §2')
    }
  })

  const TYPED = {
    client_name: 'Kept',
    redirect_uris: CALLBACK,
    token_endpoint_auth_method: 'none',
    require_pkce: 'true',
  }

  test.each([
    ['redirect_uris', '', 'Enter at least one redirect URI.'],
    ['redirect_uris', `${CALLBACK}\n\nhttp://app.example/`, 'Line 3 of the redirect URIs must be https, except on'],
    [
      'redirect_uris',
      `javascript:1\n\n${CALLBACK}\n${CALLBACK}#a\n/x`,
      'Line 1 of the redirect URIs has a scheme that is neither https nor private-use with a dot (com.example.app:/).<br>Line 4 of the redirect URIs has a fragment.<br>Line 5 of the redirect URIs is not an absolute URI.</p>',
    ],
    ['redirect_uris', `${CALLBACK}\n`.repeat(21), 'The list of redirect URIs can have at most 20 entries.'],
    ['client_name', ' ', 'Name must be 1 to 100 visible characters.'],
  ])(
    'says at %s what is wrong with %j, in the form’s own terms, and keeps what was typed',
    async (field, typed, why) => {
      const own = await registerApp()
      const { browser, page } = await developerPageOf('bob', 'builder')
      const registering = await browser.submit(page, { ...TYPED, [field]: typed }, 'client_name')
      const changing = await own.browser.submit(own.app, { ...TYPED, [field]: typed }, 'client_name')
      for (const answer of [registering, changing]) {
        expect(answer.status).toBe(400)
        expect(answer.body).toContain('<title>Error: ')
        expect(answer.body).toContain(`<p class="field-error" id="${field}-error">${why}`)
        expect(answer.body.match(/<[^>]* autofocus[^>]*>/g)).toEqual([expect.stringContaining(`name="${field}"`)])
        expect(answer.body).toMatch(new RegExp(`name="${field}"[^>]*aria-describedby="${field}-hint ${field}-error"`))
        expect(answer.body.match(/aria-invalid="true"/g)).toHaveLength(1)
        const form = readForms(answer).find(({ names }) => names.includes('client_name'))
        expect(form?.fields).toMatchObject({ token_endpoint_auth_method: 'none', require_pkce: 'true' })
        if (field === 'redirect_uris') expect(form?.fields.client_name).toBe('Kept')
        expect(answer.body).toContain(`>\n${field === 'redirect_uris' ? typed : CALLBACK}</textarea>`)
      }
      expect((await own.browser.get(own.url)).body).toContain('My own app')
    },
  )

  test('never shows what was typed as HTML', async () => {
    const client_name = '"><script>alert(1)</script>'
    const { app } = await registerApp({ client_name })
    expect(app.body).not.toContain('<script>alert')
    const { browser, page } = await developerPageOf()
    const redirect_uris = 'https://app.example/</textarea><script>alert(1)</script>'
    const refused = await browser.submit(page, { client_name, redirect_uris }, 'client_name')
    expect(refused.status).toBe(400)
    expect(refused.body).not.toContain('<script>alert')
  })

  test('limits the number of registrations', async () => {
    const { browser, page } = await developerPageOf()
    jest.spyOn(its.server.context.registrationLimit, 'count').mockResolvedValue(17)
    const answer = await browser.submit(page, { client_name: 'One more', redirect_uris: CALLBACK }, 'client_name')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '17'])
    expect(answer.body).toContain('send it again in 17 seconds')
    const form = readForms(answer).find(({ names }) => names.includes('client_name'))
    expect(form?.fields.client_name).toBe('One more')
    expect(answer.body).toContain(`>\n${CALLBACK}</textarea>`)
    expect(await stored()).not.toContain('One more')
  })

  test('the consent page of an app registered there says that it has not been checked (RFC 7591 §5)', async () => {
    const { id } = await registerApp()
    const browser = new TestBrowser()
    const url = authorizationUrl(its.server, {
      client_id: id,
      redirect_uri: CALLBACK,
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
    })
    const consent = await signIn(its.server, browser, await browser.follow(await browser.get(url), its.server.url))
    expect(consent.body).toContain('we have not checked who is behind it')
  })
})
