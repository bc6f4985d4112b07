import { describeRequest, describeResponse, type HttpMessage, STEPS } from '../../src/see-through'
import { HEADERS, JWT_MEMBERS, PARAMETERS } from '../../src/see-through/explanations'
import { maskHeader, maskParameter, maskSecrets, maskUrl } from '../../src/see-through/masking'

const CODE = 'k3JdQm7vXr2LpZtW9sYbHnCfGaEuToVi5x8qRkM4wDj'
const part = (message: HttpMessage, name: string) => message.explained.find(one => one.name === name)
const between = { from: 'Tripmate', to: 'Glasshouse Accounts' }

describe('masking', () => {
  test.each([
    ['client_secret', CODE, '•••••••• (hidden)'],
    ['client_assertion', CODE, '•••••••• (hidden)'],
    ['code', CODE, '…kM4wDj (43 characters, hidden)'],
    ['code_verifier', CODE, '…kM4wDj (43 characters, hidden)'],
    ['refresh_token', CODE, '…kM4wDj (43 characters, hidden)'],
    ['access_token', CODE, '…kM4wDj (43 characters, hidden)'],
    ['token', CODE, '…kM4wDj (43 characters, hidden)'],
    ['_csrf', CODE, '…kM4wDj (43 characters, hidden)'],
    ['registration_access_token', CODE, '…kM4wDj (43 characters, hidden)'],
    ['INITIAL_ACCESS_TOKEN', CODE, '•••••••• (hidden)'],
    ['password', 'correct horse battery staple', '•••••••• (hidden)'],
    ['new_password', 'correct horse battery staple', '•••••••• (hidden)'],
    ['code', 'short', '•••••••• (hidden)'],
    ['code', '', ''],
  ])('%s is hidden: %s', (name, value, shown) => {
    expect(maskParameter(name, value)).toBe(shown)
  })

  test('the secret address of a feed is hidden, in a URL and in JSON', () => {
    const url = `http://c.example/calendar/feeds/${CODE}.ics`
    const shown = 'http://c.example/calendar/feeds/(hidden)'
    expect([maskUrl(`${url}?a=b`), maskSecrets({ url })]).toEqual([`${shown}?a=b`, { url: shown }])
  })

  test.each([
    'state',
    'code_challenge',
    'client_id',
    'token_type',
    'token_type_hint',
    'pageToken',
    'syncToken',
    'scope',
  ])('%s is shown', name => expect(maskParameter(name, CODE)).toBe(CODE))

  test.each([
    ['authorization', `Bearer ${CODE}`, 'Bearer …kM4wDj (43 characters, hidden)'],
    ['authorization', `Basic ${CODE}`, 'Basic •••••••• (hidden)'],
    ['authorization', CODE, '•••••••• (hidden)'],
    ['cookie', `a=${CODE}; b=2`, 'a=…kM4wDj; b=••••••••'],
    ['cookie', 'glasshouse.strip=open', 'glasshouse.strip=open'],
    ['set-cookie', `sid=${CODE}; Path=/; HttpOnly`, 'sid=…kM4wDj; Path=/; HttpOnly'],
    ['location', `http://a.example/cb?code=${CODE}&state=xyz`, 'http://a.example/cb?code=…kM4wDj&state=xyz'],
    ['referer', `http://a.example/cb?code=${CODE}`, 'http://a.example/cb?code=…kM4wDj'],
    ['location', `http://a.example/cb#access_token=${CODE}`, 'http://a.example/cb#access_token=…kM4wDj'],
    ['etag', '"7"', '"7"'],
  ])('header %s', (name, value, shown) => expect(maskHeader(name, value)).toBe(shown))

  test('a percent-encoded name does not smuggle a secret past', () => {
    expect(maskUrl(`/token?c%6Fde=${CODE}`)).not.toContain(CODE.slice(0, 4))
  })

  test('a user and password in a URL are left out', () => {
    expect(maskUrl('http://alice:wonderland@a.example/x')).toBe('http://a.example/x')
  })

  test('JSON members are hidden at any depth, and the original is left alone', () => {
    const original = { outer: [{ access_token: CODE, client_secret: null }], token_type: 'Bearer' }
    expect(maskSecrets(original)).toEqual({
      outer: [{ access_token: '…kM4wDj (43 characters, hidden)', client_secret: null }],
      token_type: 'Bearer',
    })
    expect(original.outer[0]?.access_token).toBe(CODE)
  })
})

describe('a request', () => {
  const tokenRequest = describeRequest({
    ...between,
    method: 'post',
    url: 'http://localhost:4001/token',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Internal': 'never shown' },
    body: `grant_type=authorization_code&code=${CODE}&client_id=tripmate&client_secret=${CODE}`,
  })

  test('is shown as it was sent, host in its header, secrets cut short', () => {
    expect(tokenRequest.startLine).toBe('POST /token')
    expect(tokenRequest.headers).toEqual([
      ['Host', 'localhost:4001'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ])
    expect(tokenRequest.body).toBe(
      'grant_type=authorization_code&code=…kM4wDj&client_id=tripmate&client_secret=••••••••',
    )
  })

  test('has every parameter explained, with the section for this kind of message', () => {
    expect(tokenRequest.explained.map(one => one.name)).toEqual([
      'grant_type',
      'code',
      'client_id',
      'client_secret',
      'Host',
      'Content-Type',
    ])
    expect(part(tokenRequest, 'client_id')?.spec).toEqual({
      label: 'RFC 6749 §4.1.3',
      href: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3',
    })
    expect(part(tokenRequest, 'code')).toMatchObject({ in: 'body', value: '…kM4wDj (43 characters, hidden)' })
  })

  test('for authorization is shown undamaged', () => {
    const url = '/authorize?response_type=code&client_id=tripmate&scope=calendar.read%20calendar.write&state=xyz'
    const message = describeRequest({ ...between, method: 'GET', url })
    expect(message.startLine).toBe(`GET ${url}`)
    expect(part(message, 'scope')?.value).toBe('calendar.read calendar.write')
    expect(part(message, 'client_id')?.spec?.label).toBe('RFC 6749 §4.1.1')
  })

  test('keeps a repeated parameter as often as it came', () => {
    const message = describeRequest({
      ...between,
      method: 'POST',
      url: '/consent',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { scope: ['calendar.read', 'calendar.write'], decision: 'allow' },
    })
    expect(message.body).toBe('scope=calendar.read&scope=calendar.write&decision=allow')
    expect(message.explained.filter(one => one.name === 'scope')).toHaveLength(2)
  })

  test('of a refresh is explained as one', () => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: CODE })
    const message = describeRequest({ ...between, method: 'POST', url: '/token', body })
    expect(part(message, 'refresh_token')?.spec?.label).toBe('RFC 6749 §6')
  })

  test('with a bearer token names RFC 6750', () => {
    const headers = new Headers({ Authorization: `Bearer ${CODE}` })
    const message = describeRequest({ ...between, method: 'GET', url: '/calendar/events', headers })
    expect(part(message, 'Authorization')).toMatchObject({
      value: 'Bearer …kM4wDj (43 characters, hidden)',
      spec: { label: 'RFC 6750 §2.1' },
    })
  })

  test('whose body cannot be taken apart does not show it', () => {
    const headers = { 'content-type': 'text/plain' }
    const message = describeRequest({ ...between, method: 'POST', url: '/', headers, body: `secret ${CODE}` })
    expect(JSON.stringify(message)).not.toContain(CODE)
  })

  test('with broken JSON does not show it either', () => {
    const headers = { 'content-type': 'application/json' }
    const message = describeRequest({ ...between, method: 'POST', url: '/', headers, body: `{"token":"${CODE}` })
    expect(JSON.stringify(message)).not.toContain(CODE)
  })

  test.each(['constructor', '__proto__', 'toString', '%', '%E0%A4%A'])(
    'with the odd parameter %s is described',
    name => {
      expect(describeRequest({ ...between, method: 'GET', url: `/?${name}=1&x` }).explained[0]?.value).toBe('1')
    },
  )

  test('is plain data, so that it can be stored', () => {
    expect(JSON.parse(JSON.stringify(tokenRequest))).toEqual(tokenRequest)
  })
})

describe('a response', () => {
  test('with tokens shows what they are for and not what they are', () => {
    const message = describeResponse({
      ...between,
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      body: { access_token: CODE, token_type: 'Bearer', expires_in: 3600, refresh_token: CODE, scope: 'calendar.read' },
    })
    expect(message.startLine).toBe('HTTP/1.1 200 OK')
    expect(JSON.stringify(message)).not.toContain(CODE)
    expect(JSON.parse(message.body ?? '')).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(part(message, 'scope')?.spec?.label).toBe('RFC 6749 §5.1')
    expect(part(message, 'Cache-Control')?.spec?.label).toBe('RFC 6749 §5.1')
  })

  test('that redirects has the parameters of its Location explained', () => {
    const location = `http://localhost:4000/callback?code=${CODE}&state=xyz&iss=http%3A%2F%2Flocalhost%3A4001`
    const message = describeResponse({ ...between, status: 302, headers: { location } })
    expect(JSON.stringify(message)).not.toContain(CODE)
    expect(part(message, 'iss')?.spec?.label).toBe('RFC 9207 §2')
    expect(part(message, 'state')?.spec?.label).toBe('RFC 6749 §4.1.2')
    expect(part(message, 'Location')?.spec?.label).toBe('RFC 6749 §4.1.2')
  })

  test('of many alike has the first, and says how many more there are', () => {
    const items = Array.from({ length: 200 }, (_, index) => ({ id: `event-${index}`, summary: 'Tea party' }))
    const message = describeResponse({ ...between, status: 200, headers: {}, body: { items }, answers: 'API' })
    const first = { id: 'event-0', summary: 'Tea party' }
    expect(JSON.parse(message.body ?? '')).toEqual({ items: [first, '… and 199 more like this'] })
  })

  test('longer than a page is cut, and says so', () => {
    const body = { description: 'Tea '.repeat(1_000) }
    const message = describeResponse({ ...between, status: 200, headers: {}, body, answers: 'API' })
    expect(message.body?.length).toBeLessThan(2_100)
    expect(message.body).toMatch(/… and \d+ more characters$/)
  })
})

test('the seven steps are numbered from 1 to 7', () => {
  expect(STEPS.map(step => step.number)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('every explanation is one line and every reference an https address', () => {
  const all = [...Object.values(PARAMETERS), ...Object.values(HEADERS)].flatMap(one => [
    one,
    ...Object.values(one.when ?? {}),
  ])
  for (const { meaning, spec } of [...all, ...Object.values(JWT_MEMBERS)]) {
    expect(meaning).toMatch(/^[A-Z].{5,150}[.)]$/)
    expect(spec?.href).toMatch(/^https:\/\/(www\.rfc-editor\.org\/rfc\/rfc\d+#section-[\d.]*\d|openid\.net\/.+)$/)
  }
})
