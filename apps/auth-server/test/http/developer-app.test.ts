import { readForms } from '@glasshouse/shared/testing/test-browser'
import { CALLBACK, developerServer, formOn, linkOn, secretOn } from '../developer-page'
import { authorizationUrl, authorize, hasEnded, redeem, refresh } from '../support'

const { its, developerPageOf, registerApp } = developerServer()

describe('an app on the developer page', () => {
  test('can change its redirect URIs, with immediate effect and the same secret', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    const changed = await browser.submit(app, { redirect_uris: 'https://app.example/new' }, 'redirect_uris')
    const page = await browser.follow(changed, its.server.url)
    expect(page.url).toBe(url)
    expect(page.body).toContain('Saved')
    expect((await browser.get(url)).body).not.toContain('Saved')
    const old = await browser.get(authorizationUrl(its.server, { client_id: id, redirect_uri: CALLBACK }))
    expect(old.status).toBe(400)
    const location = await authorize(its.server, { client_id: id, redirect_uri: 'https://app.example/new' })
    const code = location.searchParams.get('code') ?? ''
    const redirect_uri = 'https://app.example/new'
    expect((await redeem(its.server, code, { client_id: id, client_secret: secret, redirect_uri })).status).toBe(200)
  })

  test('can get a new secret, and the old one stops working', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    const asked = await browser.get(linkOn(app, 'Make a new secret'))
    expect(asked.body).toContain('stops working at once')
    const answer = await browser.post(`${url}/secret`, formOn(asked, `${url}/secret`))
    expect([answer.status, answer.location.href]).toEqual([303, url])
    const next = secretOn(await browser.get(answer.location))
    expect(next).toBeDefined()
    expect(next).not.toBe(secret)
    const attempt = async (client_secret: string | undefined) =>
      (await redeem(its.server, 'no-code', { client_id: id, client_secret })).json.error
    expect(await attempt(secret)).toBe('invalid_client')
    expect(await attempt(next)).toBe('invalid_grant')
  })

  test('opening the URL of one of its forms redirects to the app', async () => {
    const { browser, url } = await registerApp()
    const answer = await browser.get(`${url}/secret`)
    expect([answer.status, answer.location.href]).toEqual([303, url])
  })

  test('gets a secret, shown once, when it becomes confidential, and loses it when it becomes public', async () => {
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
    const { json } = await redeem(its.server, 'no-code', { client_id: id, client_secret: secret })
    expect(json.error).toBe('invalid_client')
    expect((await browser.get(`${url}/secret/new`)).location.href).toBe(url)
  })

  test('can be deleted, which ends its tokens', async () => {
    const { browser, app, id, secret, url } = await registerApp()
    const client = { client_id: id, client_secret: secret, redirect_uri: CALLBACK }
    const location = await authorize(its.server, { client_id: id, redirect_uri: CALLBACK })
    const held = (await redeem(its.server, location.searchParams.get('code') ?? '', client)).json
    const asked = await browser.get(linkOn(app, 'Delete My own app'))
    expect(asked.body).toContain('all end at once')
    expect((await browser.get(url)).status).toBe(200)
    const list = await browser.follow(
      await browser.post(`${url}/delete`, formOn(asked, `${url}/delete`)),
      its.server.url,
    )
    expect(list.body).toContain('My own app was deleted')
    expect(list.body).not.toContain(id)
    expect(await hasEnded(its.server, held.access_token)).toBe(true)
    expect((await refresh(its.server, held.refresh_token, client)).json.error).toBe('invalid_client')
    expect((await browser.get(url)).status).toBe(404)
  })

  test('cannot be seen or changed by another user', async () => {
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
    const rows = await its.server.context.db.selectFrom('clients').select('name').where('id', '=', id).execute()
    expect(rows).toEqual([{ name: 'My own app' }])
  })

  test('cannot be one of the operator’s clients, or a client that registered itself', async () => {
    const { browser } = await developerPageOf()
    expect((await browser.get(`${its.server.url}/developer/tripmate`)).status).toBe(404)
  })

  test.each(['', '/app_x', '/app_x/secret', '/app_x/delete'])(
    'POST /developer%s without its anti-forgery field is 403 (RFC 6749 §10.12)',
    async path => {
      const { browser } = await developerPageOf()
      expect((await browser.post(`${its.server.url}/developer${path}`, { client_name: 'x' })).status).toBe(403)
    },
  )
})
