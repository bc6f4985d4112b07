import { callerOf, startCalendarApi, type TestCalendarApi } from '../support'

const OWNER = 'usr_2f8c1a'
const PRODUCTION = { NODE_ENV: 'production', CALENDAR_API_SECRET: 'k9dNMvkJlqDv3OTzcOH3xJkV4VtYqeGz0DNS6Bn3' }

describe('in demo mode', () => {
  let api: TestCalendarApi
  beforeEach(async () => {
    api = await startCalendarApi()
  })
  afterEach(() => api.stop())

  const tokenWith = (jti: string) => api.token(OWNER, { claims: { jti } })
  const list = (token: string) => callerOf(api, token)('GET')

  function expire(jti: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${api.url}/demo/expire`, { method: 'POST', body: new URLSearchParams({ jti }), headers })
  }

  async function light(jti: string): Promise<unknown> {
    const inAnHour = Math.floor(Date.now() / 1000) + 3600
    return (await fetch(`${api.url}/demo/lights?jti=${jti}&exp=${inAnHour}`)).json()
  }

  test('a token that was made to expire is refused exactly like one whose time is over', async () => {
    const real = await list(api.token(OWNER, { claims: { exp: Math.floor(Date.now() / 1000) - 60 } }))
    expect((await expire('family.one')).status).toBe(204)
    const made = await list(tokenWith('family.one'))
    expect([made.status, made.headers.get('www-authenticate'), made.json]).toEqual([
      real.status,
      real.headers.get('www-authenticate'),
      real.json,
    ])
    expect(made.headers.get('www-authenticate')).toMatch('It has expired.')
  })

  test('only this one token expires, not another one of the same grant', async () => {
    await expire('family.one')
    expect((await list(tokenWith('family.two'))).status).toBe(200)
  })

  test('the light says what the calendar would answer', async () => {
    expect(await light('family.one')).toEqual({ accessToken: 'accepted' })
    await expire('family.one')
    expect(await light('family.one')).toEqual({ accessToken: 'expired' })
    await api.authServer.end('family')
    expect(await light('family.two')).toEqual({ accessToken: 'ended' })
  })

  test.each([
    { Origin: 'http://localhost:4009' },
    { Origin: 'http://localhost:4003' },
    { Origin: 'null' },
    { 'X-Forwarded-For': '192.0.2.1' },
  ])('a request with %j is refused: the lever is for the Lab’s server', async headers => {
    expect((await expire('family.one', headers)).status).toBe(403)
    expect((await list(tokenWith('family.one'))).status).toBe(200)
  })
})

describe.each([
  ['in production', PRODUCTION],
  ['without a Lab', { LAB_URL: 'off' }],
])('%s', (_when, env: Record<string, string>) => {
  test('there are no levers', async () => {
    const api = await startCalendarApi({ env })
    try {
      const body = new URLSearchParams({ jti: 'family.one' })
      expect((await fetch(`${api.url}/demo/expire`, { method: 'POST', body })).status).toBe(404)
      expect((await fetch(`${api.url}/demo/lights?jti=family.one&exp=1`)).status).toBe(404)
    } finally {
      await api.stop()
    }
  })
})
