import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

test.each<[string, string, Record<string, unknown> | undefined]>([
  ['GET', '', undefined],
  ['POST', '', draft()],
  ['GET', '/ID', undefined],
  ['PUT', '/ID', draft({ summary: 'Lunch' })],
  ['PATCH', '/ID', { summary: 'Lunch' }],
])('%s %s: no shared cache stores an answer with events (RFC 6750 §5.3)', async (method, path, body) => {
  const call = callerOf(api, api.token(newOwner()))
  const { id } = (await call('POST', '', { body: draft() })).json
  const { status, headers } = await call(method, path.replace('ID', id), body && { body })
  expect(status).toBeLessThan(300)
  expect(headers.get('cache-control')).toBe('private, no-cache')
  expect(headers.get('vary')).toMatch(/\bAuthorization\b/i)
})

test.each(['/', '/calendar/events', '/mcp', '/nowhere', '/healthz', '/.well-known/oauth-protected-resource'])(
  '%s cannot be framed, and its type is not guessed (RFC 9700 §4.16)',
  async path => {
    const { headers } = await fetch(api.url + path)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
  },
)

test('pages from every origin may call the API, but never with credentials (CORS)', async () => {
  const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PATCH' }
  for (const method of ['GET', 'OPTIONS']) {
    const answer = await fetch(`${api.url}/calendar/events`, { method, headers })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  }
})

test('over https, browsers are told to use only https (RFC 6797)', async () => {
  const own = await startCalendarApi({ env: { CALENDAR_API_URL: 'https://calendar.example' } })
  try {
    const { headers } = await fetch(own.url)
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  } finally {
    await own.stop()
  }
})
