import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, CODE_CHALLENGE, signIn, startAuthServer, type TestAuthServer } from '../support'

const HTML = `"'><u id=x>`

let server: TestAuthServer
/** An app that registered itself with HTML in its name. */
let clientId: string
beforeAll(async () => {
  server = await startAuthServer()
  const registered = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_name: `App ${HTML}`, redirect_uris: ['https://app.example/'] }),
  })
  clientId = ((await registered.json()) as { client_id: string }).client_id
})
afterAll(() => server.stop())

test('input never becomes HTML on any page of the flow', async () => {
  const browser = new TestBrowser()
  const url = authorizationUrl(server, {
    client_id: clientId,
    redirect_uri: 'https://app.example/',
    state: HTML,
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
  })
  const login = await browser.follow(await browser.get(url), server.url)
  const wrong = await browser.submit(login, { username: HTML, password: HTML })
  const consent = await signIn(server, browser, wrong)
  const nothingTicked = await browser.submit(consent, { decision: 'allow', scope: HTML })
  await browser.submit(nothingTicked, { decision: 'allow', scope: 'calendar.read' })
  const account = await browser.get(`${server.url}/account`)
  const withdrawn = await browser.follow(await browser.submit(account, {}, 'client_id'), server.url)
  const pages = { login, wrong, consent, nothingTicked, account, withdrawn }
  for (const [name, { body }] of Object.entries(pages)) {
    expect([name, body]).toEqual([name, expect.not.stringMatching(/<u /)])
    if (name !== 'wrong') expect([name, body]).toEqual([name, expect.stringContaining('&lt;u id=x&gt;')])
  }
})

test.each([
  `/login?next=${encodeURIComponent(HTML)}`,
  `/login?request=${encodeURIComponent(HTML)}`,
  `/consent?request=${encodeURIComponent(HTML)}`,
  `/authorize?client_id=${encodeURIComponent(HTML)}`,
  `/authorize?client_id=tripmate&redirect_uri=${encodeURIComponent(HTML)}`,
  `/${encodeURIComponent(HTML)}`,
])('input in the address never becomes HTML: %s', async path => {
  expect((await new TestBrowser().get(server.url + path)).body).not.toMatch(/<u /)
})
