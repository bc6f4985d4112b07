/** The page to try the API on, as the server sends it. `e2e/api-docs.spec.ts` uses it in a browser. */
import { send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const policyOf = (headers: Headers) => headers.get('content-security-policy') ?? ''

test('the owner’s page leads to it', async () => {
  expect((await send(api.url)).json).toMatch('href="/docs"')
})

test('may send requests to the authorization server, and runs no inline script or style', async () => {
  const { status, headers } = await send(`${api.url}/docs`)
  expect(status).toBe(200)
  const home = policyOf((await send(`${api.url}/nowhere`)).headers)
  expect(home).toMatch("script-src 'self';style-src 'self';")
  expect(home).toMatch("connect-src 'self';")
  expect(policyOf(headers)).toBe(home.replace("connect-src 'self'", `connect-src 'self' ${api.authServer.url}`))
  for (const path of ['/docs/callback', '/openapi.json']) {
    expect(policyOf((await send(api.url + path)).headers)).toBe(home)
  }
})

test('every file that it names is served from here', async () => {
  for (const path of ['/docs', '/docs/callback']) {
    const { json: page } = await send(api.url + path)
    const files = [...page.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) {
      expect(file).toMatch(/^\/assets\//)
      expect((await fetch(api.url + file)).status).toBe(200)
    }
  }
})

test('in demo mode it is the client that the authorization server has for it', async () => {
  const { json: page } = await send(`${api.url}/docs`)
  expect(page).toMatch(`data-client="glasshouse-docs" data-redirect="${api.url}/docs/callback"`)
  expect(page).not.toMatch('register an app')
})

test('otherwise it says how to register a client for it', async () => {
  const secret = 'GVbNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3'
  const own = await startCalendarApi({ env: { NODE_ENV: 'production', CALENDAR_API_SECRET: secret } })
  try {
    const { json: page } = await send(`${own.url}/docs`)
    expect(page).toMatch('data-client=""')
    expect(page).toMatch(`<a href="${own.authServer.url}/developer">register an app</a>`)
    expect(page).toMatch(`<code>${own.url}/docs/callback</code>`)
  } finally {
    await own.stop()
  }
})

test('the page that the window ends on is not kept, and knows who must have sent the response (RFC 9207)', async () => {
  const { headers, json: page } = await send(`${api.url}/docs/callback?code=a&state=b`)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('cross-origin-opener-policy')).toBe('unsafe-none')
  expect(page).toMatch(`data-issuer="${api.authServer.url}"`)
})

test('the viewer’s own pages, which load from other hosts or check less, are not served', async () => {
  for (const file of ['index.html', 'oauth2-redirect.html', 'swagger-initializer.js']) {
    expect((await send(`${api.url}/assets/${file}`)).status).toBe(404)
  }
})

test.each(['/docs', '/docs/callback'])('%s answers only GET and HEAD', async path => {
  const { status, headers } = await send(api.url + path, 'POST')
  expect(status).toBe(405)
  expect(headers.get('allow')).toBe('GET, HEAD')
})
