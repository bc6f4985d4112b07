/** The owner's page, as the server sends it. `e2e/owners-page.spec.ts` uses it in a browser. */
import { send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const policyOf = (headers: Headers) => headers.get('content-security-policy') ?? ''

test.each(['/', '/callback?code=a&state=b'])(
  '%s: sends requests only here and to the authorization server',
  async path => {
    const { status, headers, json: page } = await send(api.url + path)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    const usual = policyOf((await send(`${api.url}/nowhere`)).headers)
    expect(usual).toMatch("script-src 'self';style-src 'self';")
    expect(policyOf(headers)).toBe(usual.replace("connect-src 'self'", `connect-src 'self' ${api.authServer.url}`))
    expect(page).toMatch(`data-issuer="${api.authServer.url}"`)
  },
)

test('in demo mode it is the client that the authorization server has for it', async () => {
  const { json: page } = await send(api.url)
  expect(page).toMatch('data-client="glasshouse-calendar"')
  expect(page).toMatch(`data-redirect="${api.url}/callback"`)
})

test('in production it has no client, and shows no name of the demo', async () => {
  const secret = 'GVbNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3'
  const own = await startCalendarApi({ env: { NODE_ENV: 'production', CALENDAR_API_SECRET: secret } })
  try {
    const { json: page } = await send(own.url)
    expect(page).toMatch('data-client=""')
    expect(page.replace(/<footer.*/s, '')).not.toMatch('Tripmate')
  } finally {
    await own.stop()
  }
})

test('every file that it names is served from here', async () => {
  const { json: page } = await send(api.url)
  const files = [...page.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)].map(([, file]) => file)
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) expect([file, (await fetch(api.url + file)).status]).toEqual([file, 200])
})

test.each(['/', '/callback'])('%s answers only GET and HEAD', async path => {
  const { status, headers } = await send(api.url + path, 'POST')
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})
