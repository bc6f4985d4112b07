/** Slow motion in front of the real authorization server: how long its codes live. */
import { slowMotion } from '@glasshouse/shared/lab/slow-motion'
import { reportIncoming, startReporting } from '@glasshouse/shared/lab-report'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  addClient,
  authorizationUrl,
  authorize,
  PRODUCTION,
  redeem,
  startAuthServer,
  type TestAuthServer,
} from '../support'

let server: TestAuthServer

async function start(env: Record<string, string>): Promise<void> {
  server = await startAuthServer(env, (app, { config, log }) => {
    startReporting('auth-server', config)
    return reportIncoming(slowMotion(app, 'auth-server', config, log))
  })
}
afterEach(() => server.stop())

/** Nothing answers there, which no service notices. */
const LAB = { LAB_URL: 'http://127.0.0.1:9' }

function slowBrowser(): TestBrowser {
  const browser = new TestBrowser()
  browser.setCookie(server.url, 'glasshouse.slow', 'on')
  return browser
}

/** Steps 1 to 3, by way of every stop. @returns the address that brings the code to the client, and the stops' titles */
async function walk(browser: TestBrowser): Promise<{ location: URL; titles: string[] }> {
  const titles: string[] = []
  let page = await browser.get(authorizationUrl(server))
  for (;;) {
    if (page.status === 303 && page.location.origin !== server.url) return { location: page.location, titles }
    if (page.status === 303) page = await browser.get(page.location)
    else if (page.url.includes('/demo/stop/')) {
      titles.push(/<h1>(.*?)<\/h1>/.exec(page.body)?.[1] ?? '')
      page = await browser.get(page.url.replace('/stop/', '/go/'))
    } else if (page.url.includes('/login'))
      page = await browser.submit(page, { username: 'alice', password: 'wonderland' })
    else page = await browser.submit(page, { decision: 'allow' })
  }
}

const codeIn = (location: URL) => location.searchParams.get('code') ?? ''

test('a browser in slow motion stops at each redirect, and its code lives for 10 minutes (RFC 6749 §4.1.2)', async () => {
  await start(LAB)
  const { location, titles } = await walk(slowBrowser())
  expect(titles).toEqual([
    'Accounts is about to ask who you are',
    'Accounts is about to ask what you allow',
    'Accounts is about to send you back with a code',
  ])
  server.advance(599)
  expect((await redeem(server, codeIn(location))).status).toBe(200)
})

test('after 10 minutes that code is refused', async () => {
  await start(LAB)
  const { location } = await walk(slowBrowser())
  server.advance(605)
  const { json } = await redeem(server, codeIn(location))
  expect(json).toEqual({
    error: 'invalid_grant',
    error_description: expect.stringMatching(/^code expired [56] seconds ago; redeem it as soon as it arrives$/),
  })
})

test('a denial stops too, and says so', async () => {
  await start(LAB)
  const browser = slowBrowser()
  browser.setCookie(server.url, 'glasshouse.slow', 'off')
  let page = await browser.follow(await browser.get(authorizationUrl(server)), server.url)
  page = await browser.follow(await browser.submit(page, { username: 'alice', password: 'wonderland' }), server.url)
  browser.setCookie(server.url, 'glasshouse.slow', 'on')
  const stop = await browser.follow(await browser.submit(page, { decision: 'deny' }), server.url)
  expect(stop.body).toContain('Accounts is about to tell Tripmate that you said no')
})

test.each([
  ['without the cookie', LAB, new TestBrowser()],
  ['without a Lab', { LAB_URL: 'off' }, undefined],
])('%s, a code lives as long as configured', async (_case, env, browser) => {
  await start(env)
  const location = await authorize(server, {}, browser ?? slowBrowser())
  server.advance(60)
  expect((await redeem(server, codeIn(location))).json.error).toBe('invalid_grant')
})

test('in production the cookie means nothing, and the pages do not exist', async () => {
  await start({ ...PRODUCTION, ...LAB })
  await addClient(server, { id: 'an-app', secret: 'its-secret' })
  const browser = slowBrowser()
  expect((await browser.get(authorizationUrl(server, { client_id: 'an-app' }))).location.pathname).toBe('/login')
  for (const path of ['/demo/stop/AAAAAAAAAAAAAAAAAAAAAA', '/demo/go/AAAAAAAAAAAAAAAAAAAAAA']) {
    const answer = await browser.get(server.url + path)
    expect([answer.status, answer.body.includes('Page not found')]).toEqual([404, true])
  }
})
