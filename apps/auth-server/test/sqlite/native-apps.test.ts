import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { CALLBACK, registrationServer } from '../registration'
import { authorizationUrl } from '../support'

const { its, registered, tokensOf, urlFor, consentPageFor } = registrationServer()

describe('native apps (RFC 8252)', () => {
  const native = { token_endpoint_auth_method: 'none' }

  test.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:51004'],
    ['http://localhost:3000/cb', 'http://localhost:51004/cb'],
    ['http://[::1]/cb?a=1', 'http://[::1]:51004/cb?a=1'],
  ])('%s: any loopback port is accepted, e.g. %s (§7.3)', async (redirectUri, requested) => {
    const client = await registered({ ...native, redirect_uris: [redirectUri] })
    expect(client.application_type).toBe('native')
    expect((await tokensOf(client, requested)).status).toBe(200)
  })

  test.each([
    ['another path', 'http://127.0.0.1:51004/other'],
    ['another query', 'http://127.0.0.1:51004/cb?a=1'],
    ['another loopback host', 'http://localhost:51004/cb'],
    ['https', 'https://127.0.0.1:51004/cb'],
    ['an invalid port', 'http://127.0.0.1:99999/cb'],
    ['a user name that looks like a port', 'http://127.0.0.1:51004@evil.example/cb'],
    ['a longer host name', 'http://127.0.0.1:51004.evil.example/cb'],
  ])('but nothing else may differ: %s', async (_name, requested) => {
    const { client_id } = await registered({ ...native, redirect_uris: ['http://127.0.0.1:3000/cb'] })
    const page = await new TestBrowser().get(authorizationUrl(its.server, { client_id, redirect_uri: requested }))
    expect(page.status).toBe(400)
  })

  test('the port of a web app on localhost is compared (RFC 9700 §4.1.3)', async () => {
    const { client_id, application_type } = await registered({ redirect_uris: ['http://localhost:3000/cb'] })
    expect(application_type).toBe('web')
    const redirect_uri = 'http://localhost:51004/cb'
    expect((await new TestBrowser().get(authorizationUrl(its.server, { client_id, redirect_uri }))).status).toBe(400)
  })

  test('the port of a host other than loopback is compared', async () => {
    const { client_id } = await registered({ ...native, application_type: 'native' })
    const redirect_uri = CALLBACK.replace('example/', 'example:8443/')
    expect((await new TestBrowser().get(authorizationUrl(its.server, { client_id, redirect_uri }))).status).toBe(400)
  })

  const SCHEME = 'com.example.app:/oauth2redirect'

  test('a private-use scheme is named on the consent page, and gets its code (§7.1)', async () => {
    const client = await registered({ ...native, redirect_uris: [SCHEME] })
    expect(client.application_type).toBe('native')
    const browser = new TestBrowser()
    const consent = await consentPageFor(client, browser, SCHEME)
    expect(consent.body).toContain('com.example.app:')
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect([answer.status, answer.location.protocol]).toEqual([303, 'com.example.app:'])
    expect(answer.location.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
  })

  test('consent is asked for each time, because another app could pretend to be this one (§8.6)', async () => {
    for (const metadata of [native, { application_type: 'native' }]) {
      const client = await registered(metadata)
      const browser = new TestBrowser()
      await browser.submit(await consentPageFor(client, browser), { decision: 'allow' })
      expect((await consentPageFor(client, browser)).url).toContain('/consent')
      const silent = await browser.get(urlFor(client, CALLBACK, 'none'))
      expect(silent.location.searchParams.get('error')).toBe('consent_required')
    }
  })

  test('consent for a confidential web app is not asked for twice', async () => {
    const client = await registered()
    const browser = new TestBrowser()
    await browser.submit(await consentPageFor(client, browser), { decision: 'allow' })
    expect((await browser.get(urlFor(client))).location.searchParams.has('code')).toBe(true)
  })
})
