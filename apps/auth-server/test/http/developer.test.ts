import { type Page, readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { hashToken } from '../../src/tokens/opaque-token'
import {
  authorizationUrl,
  authorize,
  CODE_CHALLENGE,
  hasEnded,
  redeem,
  refresh,
  signIn,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const CALLBACK = 'https://app.example/callback'

let server: TestAuthServer
beforeEach(async () => {
  server ??= await startAuthServer()
  jest.spyOn(server.context.registrationLimit, 'count').mockResolvedValue(0)
})
afterEach(() => jest.restoreAllMocks())
afterAll(() => server.stop())

/** The developer page, as the person sees it who signs in on the way there. */
async function developerPageOf(username = 'alice', password = 'wonderland') {
  const browser = new TestBrowser()
  const login = await browser.follow(await browser.get(`${server.url}/developer`), server.url)
  const page = await signIn(server, browser, login, username, password)
  expect(page.url).toBe(`${server.url}/developer`)
  return { browser, page }
}

async function registerApp(fields: Record<string, string> = {}) {
  const { browser, page } = await developerPageOf()
  const answer = await browser.submit(
    page,
    { client_name: 'My own app', redirect_uris: CALLBACK, ...fields },
    'client_name',
  )
  expect(answer.status).toBe(303)
  const app = await browser.follow(answer, server.url)
  const id = /<code>(app_[0-9a-f]{24})<\/code>/.exec(app.body)?.[1] ?? ''
  expect(app.url).toBe(`${server.url}/developer/${id}`)
  return { browser, app, id, secret: secretOn(app), url: app.url }
}

function secretOn(page: Page): string | undefined {
  return /id="client-secret">([\w-]{43})</.exec(page.body)?.[1]
}

function linkOn(page: Page, label: string): URL {
  const href = new RegExp(`<a [^>]*href="([^"]*)"[^>]*>${label}</a>`).exec(page.body)?.[1]
  if (!href) throw new Error(`no link "${label}" on ${page.url}`)
  return new URL(href, page.url)
}

/** The fields of the page's form that is sent there. */
function formOn(page: Page, action: string) {
  return readForms(page).find(form => form.action === action)?.fields ?? {}
}

/** What the database holds of sessions and clients, as somebody would read it who has stolen it. */
async function stored(): Promise<string> {
  const { db } = server.context
  const [rows, sessions] = await Promise.all(
    (['clients', 'sessions'] as const).map(table => db.selectFrom(table).selectAll().execute()),
  )
  return JSON.stringify([rows, sessions])
}

/** What a person would copy from the page, in its order. */
function examples(page: Page): string[] {
  return [...page.body.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)].map(([, text = '']) =>
    text.replaceAll('&#39;', "'").replaceAll('&#34;', '"').replaceAll('&amp;', '&'),
  )
}

/** Runs a block of the page as a shell would, with what the person has put between the quotes of its first lines. */
async function run(block: string, values: Record<string, string>) {
  const [command = '', ...assignments] = block.replaceAll(' \\\n', '').split('\n').reverse()
  const variables = new Map(
    assignments.map(line => {
      const [, name = '', value = ''] = /^([A-Z_]+)='([^']*)'$/.exec(line) ?? []
      return [name, values[name] ?? value]
    }),
  )
  expect([...variables.keys()]).toEqual(expect.arrayContaining(Object.keys(values)))
  const words = [...command.matchAll(/(?:'[^']*'|"[^"]*"|\S)+/g)].map(([word]) =>
    word.replaceAll("'", '').replace(/"([^"]*)"/g, (_, inside: string) => {
      return inside.replace(/\$(\w+)/g, (_, name: string) => variables.get(name) ?? '')
    }),
  )
  const body = new URLSearchParams()
  for (const [index, word] of words.entries()) {
    if (!['-d', '--data-urlencode'].includes(words[index - 1] ?? '')) continue
    body.append(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
  }
  const response = await fetch(words.find(word => word.startsWith('http')) ?? '', { method: 'POST', body })
  return (await response.json()) as Record<string, string>
}

describe('the developer page', () => {
  test('wants a signed-in person, and signing in leads back to it', async () => {
    await developerPageOf()
  })

  test.each([
    'https://evil.example/',
    '//evil.example/',
    'developer//evil.example',
    'developer/app_0123456789abcdef01234567/secret',
    'developer/app_0123456789abcdef01234567\n',
    'developer/tripmate',
  ])('leads nowhere but there: next is a name, not an address (RFC 9700 §4.11): %j', async next => {
    const browser = new TestBrowser()
    const login = await browser.get(`${server.url}/login?${new URLSearchParams({ next })}`)
    expect(login.body).toContain('Sign in to see which apps have access')
    const answer = await browser.submit(login, { username: 'alice', password: 'wonderland', next })
    expect(answer.location.href).toBe(`${server.url}/account`)
  })

  test('the address of one app leads to it over signing in, which says what for', async () => {
    const { url } = await registerApp()
    const browser = new TestBrowser()
    const login = await browser.follow(await browser.get(`${url}/delete`), server.url)
    expect(login.body).toContain('Sign in to go on with your app.')
    expect((await signIn(server, browser, login)).url).toBe(url)
    const list = await new TestBrowser().get(`${server.url}/developer`)
    const page = await new TestBrowser().get(list.location)
    expect(page.body).toContain('Sign in to register an app of your own.')
    const wrong = await browser.submit(page, { username: 'alice', password: 'wrong' })
    expect(new URL(wrong.url).search).toBe('?next=developer')
  })

  test.each(['', '/secret', '/delete'])(
    'who was signed out meanwhile is told so, and led back: POST …%s',
    async path => {
      const { browser, app, url } = await registerApp()
      await browser.submit(await browser.get(`${server.url}/account`), {})
      const { fields } = readForms(app).find(({ names }) => names.includes('client_name')) ?? { fields: {} }
      const refused = await browser.post(url + path, fields)
      expect(refused.status).toBe(403)
      expect(refused.body).toContain('You were signed out')
      const login = await browser.get(linkOn(refused, 'Sign in'))
      expect((await signIn(server, browser, login)).url).toBe(url)
      expect((await browser.get(url)).body).toContain('My own app')
    },
  )

  test('a form of the session before is refused with the way to the page it stands on', async () => {
    const { browser, app, url } = await registerApp()
    await browser.submit(await browser.get(`${server.url}/account`), {})
    await signIn(server, browser, await browser.get(`${server.url}/login`))
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

  test('keeps a secret that was not looked at yet only sealed, for its own app and its own session', async () => {
    const { browser, page } = await developerPageOf()
    const register = async (client_name: string) =>
      (await browser.submit(page, { client_name, redirect_uris: CALLBACK }, 'client_name')).location
    const [one, other] = [await register('One'), await register('Another')]
    const before = await stored()
    expect(before).toContain('newSecrets')
    const elsewhere = new TestBrowser()
    await signIn(server, elsewhere, await elsewhere.get(`${server.url}/login`))
    expect(secretOn(await elsewhere.get(one))).toBeUndefined()
    const secrets = [secretOn(await browser.get(one)), secretOn(await browser.get(other))]
    expect(new Set(secrets).size).toBe(2)
    for (const secret of secrets) {
      expect(secret).toBeDefined()
      expect(before).not.toContain(secret)
    }
    expect(secretOn(await browser.get(one))).toBeUndefined()
  })

  test('shows no secret that has been replaced since', async () => {
    const { browser, page } = await developerPageOf()
    const app = await browser.submit(page, { client_name: 'Mine', redirect_uris: CALLBACK }, 'client_name')
    const { db } = server.context
    const id = app.location.pathname.slice('/developer/'.length)
    await db
      .updateTable('clients')
      .set({ secret_hash: hashToken('another') })
      .where('id', '=', id)
      .execute()
    expect(secretOn(await browser.get(app.location))).toBeUndefined()
  })

  test('what it shows to copy works, from step 1 to step 7', async () => {
    const { browser, app, secret } = await registerApp()
    const [authorization = '', token = '', api = '', again = ''] = examples(app)
    expect(token).toContain(secret)
    const consent = await browser.follow(await browser.get(authorization), server.url)
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect(answer.location.href).toContain(CALLBACK)
    const tokens = await run(token, { CODE: answer.location.searchParams.get('code') ?? '' })
    expect(tokens).toHaveProperty('access_token')
    expect(api).toContain('/calendar/events')
    expect(await run(again, { REFRESH_TOKEN: tokens.refresh_token ?? '' })).toHaveProperty('access_token')
  })

  test('what it shows to copy stays the same when the page is loaded again, and is of this session and app', async () => {
    const { browser, app, url } = await registerApp()
    const again = examples(await browser.get(url))
    expect(again[0]).toBe(examples(app)[0])
    const verifier = (line = '') => /code_verifier=([\w-]{43})(?![\w-])/.exec(line)?.[1]
    expect(verifier(again[1])).toBeDefined()
    expect(verifier(again[1])).toBe(verifier(examples(app)[1]))
    const elsewhere = new TestBrowser()
    await signIn(server, elsewhere, await elsewhere.get(`${server.url}/login`))
    expect(verifier(examples(await elsewhere.get(url))[1])).not.toBe(verifier(again[1]))
    const list = await browser.get(`${server.url}/developer`)
    const answer = await browser.submit(list, { client_name: 'Another', redirect_uris: CALLBACK }, 'client_name')
    expect(verifier(examples(await browser.get(answer.location))[1])).not.toBe(verifier(again[1]))
  })

  test('what it shows to copy is one word to a shell, whatever the redirect URI', async () => {
    const { app } = await registerApp({ redirect_uris: "https://app.example/';reboot;'$(reboot)" })
    expect(examples(app)[1]).toContain(`redirect_uri='https://app.example/'\\'';reboot;'\\''$(reboot)'`)
  })

  test('what a person has to put into a line to copy stands in its first lines, and each stays one word', async () => {
    const { browser, app, secret, url } = await registerApp()
    const [authorization = '', token = '', api = '', again = ''] = examples(app)
    expect(app.body).toMatch(
      new RegExp(`<a href="${authorization.replaceAll('&', '&amp;').replace('?', '\\?')}" target="_blank">`),
    )
    expect(token).toMatch(new RegExp(`^CODE='[^']*'\nCLIENT_SECRET='${secret}'\ncurl -w '\\\\n' `))
    expect(token).toContain('--data-urlencode "code=$CODE"')
    expect(api).toMatch(/^ACCESS_TOKEN='[^']*'\ncurl -w '\\n' [\s\S]*-H "Authorization: Bearer \$ACCESS_TOKEN"$/)
    expect(again).toMatch(/^REFRESH_TOKEN='[^']*'\nCLIENT_SECRET=/)
    expect(app.body).toContain('Nothing has to listen there')
    expect(app.body).not.toContain('The client secret was shown once')
    const later = await browser.get(url)
    expect(examples(later)[1]).toContain("CLIENT_SECRET='PUT THE CLIENT SECRET HERE'")
    expect(later.body).toContain('The client secret was shown once')
  })

  test('a public app has no secret, and its lines work without one', async () => {
    const { browser, app, secret } = await registerApp({
      token_endpoint_auth_method: 'none',
      redirect_uris: 'com.example.app:/callback',
    })
    expect(secret).toBeUndefined()
    const [authorization = '', token = ''] = examples(app)
    expect(token).not.toContain('client_secret')
    expect(app.body).toContain('the page that follows shows it with the code in it')
    const consent = await browser.follow(await browser.get(authorization), server.url)
    const { searchParams } = (await browser.submit(consent, { decision: 'allow' })).location
    expect(await run(token, { CODE: searchParams.get('code') ?? '' })).toHaveProperty('access_token')
  })

  test('says in the strip what a registration is, and explains what was sent by RFC 7591 §2', async () => {
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
    ['redirect_uris', `${CALLBACK}\n\nhttp://app.example/`, 'Line 3 of the redirect URIs has to be https, except on'],
    ['redirect_uris', `${CALLBACK}\n`.repeat(21), 'The list of redirect URIs may have 20 entries.'],
    ['client_name', ' ', 'Name has to be 1 to 100 characters that can be seen.'],
  ])(
    'says at %s what is wrong with %j, in the words of the form, and keeps what was typed',
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

  test('changes redirect URIs, which counts at once; the secret stays', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    const changed = await browser.submit(app, { redirect_uris: 'https://app.example/new' }, 'redirect_uris')
    const page = await browser.follow(changed, server.url)
    expect(page.url).toBe(url)
    expect(page.body).toContain('Saved')
    expect((await browser.get(url)).body).not.toContain('Saved')
    const old = await browser.get(authorizationUrl(server, { client_id: id, redirect_uri: CALLBACK }))
    expect(old.status).toBe(400)
    const location = await authorize(server, { client_id: id, redirect_uri: 'https://app.example/new' })
    const code = location.searchParams.get('code') ?? ''
    const redirect_uri = 'https://app.example/new'
    expect((await redeem(server, code, { client_id: id, client_secret: secret, redirect_uri })).status).toBe(200)
  })

  test('makes a new secret, and the old one stops working', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    const asked = await browser.get(linkOn(app, 'Make a new secret'))
    expect(asked.body).toContain('stops working at once')
    const answer = await browser.post(`${url}/secret`, formOn(asked, `${url}/secret`))
    expect([answer.status, answer.location.href]).toEqual([303, url])
    const next = secretOn(await browser.get(answer.location))
    expect(next).toBeDefined()
    expect(next).not.toBe(secret)
    const attempt = async (client_secret: string | undefined) =>
      (await redeem(server, 'no-code', { client_id: id, client_secret })).json.error
    expect(await attempt(secret)).toBe('invalid_client')
    expect(await attempt(next)).toBe('invalid_grant')
  })

  test('an address that a form was sent to leads to the app when it is opened again', async () => {
    const { browser, url } = await registerApp()
    const answer = await browser.get(`${url}/secret`)
    expect([answer.status, answer.location.href]).toEqual([303, url])
  })

  test('a public app that comes to have a secret shows it once, and one that gives its secret up is told so', async () => {
    const { browser, app, id, url } = await registerApp({ token_endpoint_auth_method: 'none' })
    expect(app.body).toContain('has no secret')
    const change = async (token_endpoint_auth_method: string) => {
      const answer = await browser.submit(app, { redirect_uris: CALLBACK, token_endpoint_auth_method }, 'redirect_uris')
      expect([answer.status, answer.location.href]).toEqual([303, url])
      return browser.get(url)
    }
    const secret = secretOn(await change('client_secret_basic'))
    expect(secret).toBeDefined()
    expect(secretOn(await browser.get(url))).toBeUndefined()
    expect((await change('none')).body).toContain('its client secret is deleted')
    const { json } = await redeem(server, 'no-code', { client_id: id, client_secret: secret })
    expect(json.error).toBe('invalid_client')
    expect((await browser.get(`${url}/secret/new`)).location.href).toBe(url)
  })

  test('deletes an app, and its tokens with it', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    const client = { client_id: id, client_secret: secret, redirect_uri: CALLBACK }
    const location = await authorize(server, { client_id: id, redirect_uri: CALLBACK })
    const held = (await redeem(server, location.searchParams.get('code') ?? '', client)).json
    const asked = await browser.get(linkOn(app, 'Delete My own app'))
    expect(asked.body).toContain('Everything that belongs to it ends at once')
    expect((await browser.get(url)).status).toBe(200)
    const list = await browser.follow(await browser.post(`${url}/delete`, formOn(asked, `${url}/delete`)), server.url)
    expect(list.body).toContain('My own app is deleted')
    expect(list.body).not.toContain(id)
    expect(await hasEnded(server, held.access_token)).toBe(true)
    expect((await refresh(server, held.refresh_token, client)).json.error).toBe('invalid_client')
    expect((await browser.get(url)).status).toBe(404)
  })

  test('shows nobody another person’s app, nor lets them change it', async () => {
    const { id, url } = await registerApp()
    const { browser, page } = await developerPageOf('bob', 'builder')
    expect(page.body).not.toContain(id)
    expect((await browser.get(url)).status).toBe(404)
    const { fields } = readForms(page).find(form => form.names.includes('client_name')) ?? { fields: {} }
    for (const path of ['/secret', '/secret/new', '/delete']) expect((await browser.get(url + path)).status).toBe(404)
    for (const path of ['', '/secret', '/delete']) {
      const answer = await browser.post(url + path, { ...fields, client_name: 'Stolen', redirect_uris: CALLBACK })
      expect(answer.status).toBe(404)
    }
    const rows = await server.context.db.selectFrom('clients').select('name').where('id', '=', id).execute()
    expect(rows).toEqual([{ name: 'My own app' }])
  })

  test('cannot be used on the operator’s clients, nor on those that registered themselves', async () => {
    const { browser } = await developerPageOf()
    expect((await browser.get(`${server.url}/developer/tripmate`)).status).toBe(404)
  })

  test.each(['', '/app_x', '/app_x/secret', '/app_x/delete'])(
    'POST /developer%s without its anti-forgery field is 403 (RFC 6749 §10.12)',
    async path => {
      const { browser } = await developerPageOf()
      expect((await browser.post(`${server.url}/developer${path}`, { client_name: 'x' })).status).toBe(403)
    },
  )

  test('nothing that was typed becomes HTML', async () => {
    const client_name = '"><script>alert(1)</script>'
    const { app } = await registerApp({ client_name })
    expect(app.body).not.toContain('<script>alert')
    const { browser, page } = await developerPageOf()
    const redirect_uris = 'https://app.example/</textarea><script>alert(1)</script>'
    const refused = await browser.submit(page, { client_name, redirect_uris }, 'client_name')
    expect(refused.status).toBe(400)
    expect(refused.body).not.toContain('<script>alert')
  })

  test('lets nobody flood it', async () => {
    const { browser, page } = await developerPageOf()
    jest.spyOn(server.context.registrationLimit, 'count').mockResolvedValue(17)
    const answer = await browser.submit(page, { client_name: 'One more', redirect_uris: CALLBACK }, 'client_name')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '17'])
    expect(await stored()).not.toContain('One more')
  })

  test('asks for consent to an app that nobody vouches for, and says so (RFC 7591 §5)', async () => {
    const { id } = await registerApp()
    const browser = new TestBrowser()
    const url = authorizationUrl(server, {
      client_id: id,
      redirect_uri: CALLBACK,
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
    })
    const consent = await signIn(server, browser, await browser.follow(await browser.get(url), server.url))
    expect(consent.body).toContain('nobody here has checked')
  })
})
