import { BodyWatch, postSlowly } from '@glasshouse/shared/testing/slow-request'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { authorizationUrl, signIn, startAuthServer, type TestAuthServer } from '../support'

const watch = new BodyWatch('/authorize')
let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer({}, watch.wrap)
})
afterEach(() => server.stop())

it('answers the requests of two tabs that were opened at once, in a browser that has sent none before', async () => {
  const browser = new TestBrowser()
  await signIn(server, browser, await browser.follow(await browser.get(`${server.url}/account`), server.url))

  const waiting = watch.next()
  const headers = {
    Cookie: `glasshouse-accounts.sid=${browser.cookie(server.url, 'glasshouse-accounts.sid')}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  const other = authorizationUrl(server, { state: 'of the other tab' }).searchParams.toString()
  const finish = postSlowly(`${server.url}/authorize`, headers, other)
  await waiting
  const redirect = await browser.get(authorizationUrl(server, { state: 'of this tab' }))
  const slower = await finish()

  for (const [location, state] of [
    [redirect.location.href, 'of this tab'],
    [new URL(slower.headers.location ?? '', server.url).href, 'of the other tab'],
  ] as const) {
    const consent = await browser.get(location)
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect(answer.location.searchParams.get('state')).toBe(state)
    expect(answer.location.searchParams.get('code')).toBeTruthy()
  }
})
