import { createHash } from 'node:crypto'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { CLIENT_SECRET, connect, startConnecting, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

describe('the authorization request (step 1)', () => {
  it('asks for a code with client, redirect URI, scope, state and an S256 challenge (RFC 6749 §4.1.1, RFC 7636 §4.3)', async () => {
    const url = await startConnecting(tripmate, new TestBrowser())
    expect(`${url.origin}${url.pathname}`).toBe(`${tripmate.accounts.url}/authorize`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'tripmate',
      redirect_uri: `${tripmate.url}/callback`,
      scope: 'calendar.read calendar.write',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
  })

  it('makes a new, unguessable state and challenge each time (RFC 6749 §10.12, RFC 7636 §7.1)', async () => {
    const browser = new TestBrowser()
    const urls = [await startConnecting(tripmate, browser), await startConnecting(tripmate, browser)]
    expect(new Set(urls.map(url => url.searchParams.get('state'))).size).toBe(2)
    expect(new Set(urls.map(url => url.searchParams.get('code_challenge'))).size).toBe(2)
  })

  it('keeps the query of an endpoint’s URL (RFC 6749 §3.1, §3.2)', async () => {
    const { accounts } = tripmate
    accounts.metadata.authorization_endpoint = `${accounts.url}/authorize?kept=1`
    accounts.metadata.token_endpoint = `${accounts.url}/token?kept=2`
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ kept: '1', response_type: 'code' })
    const asked: string[] = []
    accounts.instead = (request, response) => {
      asked.push(request.originalUrl)
      response.status(503).send()
    }
    await browser.get(accounts.allow(url))
    expect(asked).toEqual(['/token?kept=2'])
  })

  it('asks for consent again when the user wants to grant more', async () => {
    const url = await startConnecting(tripmate, new TestBrowser(), '?ask=write')
    expect(url.searchParams.get('prompt')).toBe('consent')
  })

  it('shows a page that says so when the authorization server is down', async () => {
    await tripmate.accounts.stop()
    const page = await new TestBrowser().get(`${tripmate.url}/connect`)
    expect(page.status).toBe(503)
    expect(textOf(page)).toContain('Tripmate cannot reach Glasshouse Accounts, where you sign in and allow access')
  })

  it.each([
    ['another issuer', () => 'https://evil.example'],
    ['an issuer that only begins like the right one', (issuer: string) => `${issuer}/`],
  ])('does not use the metadata of %s (RFC 8414 §3.3)', async (_which, change) => {
    tripmate.accounts.metadata.issuer = change(tripmate.accounts.url)
    expect((await new TestBrowser().get(`${tripmate.url}/connect`)).status).toBe(503)
  })
})

describe('the authorization response (step 3)', () => {
  it('redeems the code with the secret, the redirect URI and the verifier (RFC 6749 §4.1.3, RFC 7636 §4.5)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const callback = tripmate.accounts.allow(url)
    const page = await browser.follow(await browser.get(callback), tripmate.url)
    expect(textOf(page)).toContain('Your calendar is connected.')
    expect(tripmate.accounts.tokenRequests).toEqual([
      {
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code'),
        redirect_uri: `${tripmate.url}/callback`,
        client_id: 'tripmate',
        client_secret: CLIENT_SECRET,
        code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      },
    ])
    const verifier = tripmate.accounts.tokenRequests[0]?.code_verifier ?? ''
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(url.searchParams.get('code_challenge'))
  })

  it.each([
    ['of another browser', (url: URL) => ({ browser: new TestBrowser(), url })],
    ['that was made up', (url: URL) => ({ browser: undefined, url: withParameter(url, 'state', 'made-up') })],
    ['that is empty', (url: URL) => ({ browser: undefined, url: withParameter(url, 'state', '') })],
    ['that is missing', (url: URL) => ({ browser: undefined, url: withParameter(url, 'state', undefined) })],
    ['that appears twice', (url: URL) => ({ browser: undefined, url: new URL(`${url.href}&state=other`) })],
  ])('refuses a state %s, and does not redeem the code (RFC 6749 §10.12)', async (_which, change) => {
    const victim = new TestBrowser()
    const callback = tripmate.accounts.allow(await startConnecting(tripmate, victim))
    const { browser = victim, url } = change(callback)
    // An attacker who has someone else's state also has a session of their own.
    await browser.get(`${tripmate.url}/connect`)
    const page = await browser.get(url)
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('This answer cannot be used')
    expect(tripmate.accounts.tokenRequests).toEqual([])
  })

  it('accepts a state once: the code in a second response is not redeemed (RFC 6749 §10.12)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    await browser.get(tripmate.accounts.answer(url, { error: 'access_denied', iss: tripmate.accounts.url }))
    const page = await browser.get(tripmate.accounts.allow(url))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('It was used before')
    expect(tripmate.accounts.tokenRequests).toEqual([])
  })

  it('accepts a state for ten minutes', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    tripmate.advance(601)
    const page = await browser.get(tripmate.accounts.allow(url))
    expect(page.status).toBe(400)
    expect(tripmate.accounts.tokenRequests).toEqual([])
  })

  it.each([
    ['another issuer', 'https://evil.example'],
    ['an issuer that only looks alike', 'slash'],
    ['no issuer', undefined],
  ])('refuses a response from %s (RFC 9207 §2.4)', async (_which, iss) => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const issuer = iss === 'slash' ? `${tripmate.accounts.url}/` : iss
    const page = await browser.get(withParameter(tripmate.accounts.allow(url), 'iss', issuer))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('It does not name Glasshouse Accounts, where Tripmate sent you, as its sender')
    expect(tripmate.accounts.tokenRequests).toEqual([])
  })

  it('refuses a response that names two issuers (RFC 9207 §4)', async () => {
    const browser = new TestBrowser()
    const callback = tripmate.accounts.allow(await startConnecting(tripmate, browser))
    callback.searchParams.append('iss', 'https://evil.example')
    expect((await browser.get(callback)).status).toBe(400)
    expect(tripmate.accounts.tokenRequests).toEqual([])
  })

  it('does not show an error from another issuer either (RFC 9207 §2.4)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const page = await browser.get(
      tripmate.accounts.answer(url, { error: 'access_denied', iss: 'https://evil.example' }),
    )
    expect(textOf(page)).not.toContain('Calendar not connected')
    expect(page.status).toBe(400)
  })

  it('does not show an error from another issuer when the state was used before (RFC 9207 §2.4)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const answerOf = (iss: string) =>
      browser.get(tripmate.accounts.answer(url, { error: 'server_error', error_description: 'please call us', iss }))
    expect(textOf(await answerOf(tripmate.accounts.url))).toContain('It said “server_error: please call us”')
    const again = await answerOf('https://evil.example')
    expect(again.status).toBe(400)
    expect(textOf(again)).not.toContain('It said')
    expect(textOf(await answerOf(tripmate.accounts.url))).toContain('It said “server_error: please call us”')
  })

  it('shows a denial as a denial, and connects nothing (RFC 6749 §4.1.2.1)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const page = await browser.get(
      tripmate.accounts.answer(url, { error: 'access_denied', iss: tripmate.accounts.url }),
    )
    expect(page.status).toBe(200)
    expect(textOf(page)).toContain('Calendar not connected')
    expect(textOf(page)).toContain('denying a new request takes nothing away')
    expect(page.body).toContain(`href="${tripmate.accounts.url}/account"`)
    expect(tripmate.accounts.tokenRequests).toEqual([])
  })

  it('quotes the authorization server’s error, escaped and shortened', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const description = `<script>alert(1)</script>${'x'.repeat(5000)}`
    const parameters = { error: 'temporarily_unavailable', error_description: description, iss: tripmate.accounts.url }
    const page = await browser.get(tripmate.accounts.answer(url, parameters))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('Glasshouse Accounts is too busy right now')
    expect(page.body).not.toContain('<script>alert(1)')
    const said = /It said “([^”]*)”/.exec(textOf(page))?.[1]
    expect(said?.length).toBeLessThan(300)
  })

  it('shows a page when the code is refused, and keeps nothing (RFC 6749 §5.2)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const page = await browser.get(tripmate.accounts.answer(url, { code: 'unknown', iss: tripmate.accounts.url }))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('invalid_grant')
    expect(textOf(await browser.get(tripmate.url))).toContain('Connect your calendar')
  })

  it.each(['server_error', 'temporarily_unavailable', 'constructor'])(
    'does not treat the error %s, which arrived through the browser, as a server failure',
    async error => {
      const browser = new TestBrowser()
      const url = await startConnecting(tripmate, browser)
      const page = await browser.get(tripmate.accounts.answer(url, { error, iss: tripmate.accounts.url }))
      expect(page.status).toBe(400)
      expect(textOf(page)).toContain(`It said “${error}”`)
      expect(textOf(page)).not.toContain('[native code]')
    },
  )

  it.each(['a\x01b', 'é', '\u{1f389}'])(
    'does not send the malformed code %j to the token endpoint (RFC 6749 §A.11)',
    async code => {
      const browser = new TestBrowser()
      const url = await startConnecting(tripmate, browser)
      const page = await browser.get(tripmate.accounts.answer(url, { code, iss: tripmate.accounts.url }))
      expect(page.status).toBe(400)
      expect(tripmate.accounts.tokenRequests).toEqual([])
    },
  )

  it('answers 502 when the authorization server refuses Tripmate rather than the code (RFC 6749 §5.2)', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    tripmate.accounts.instead = (_request, response) => {
      response.status(401).json({ error: 'invalid_client' })
    }
    const page = await browser.get(tripmate.accounts.allow(url))
    expect(page.status).toBe(502)
    expect(textOf(page)).toContain('invalid_client')
  })

  it('shows a page when the authorization server has gone down in the meantime', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    await tripmate.accounts.stop()
    const page = await browser.get(tripmate.accounts.allow(url))
    expect(page.status).toBe(503)
    expect(textOf(page)).toContain('cannot be connected right now')
  })

  it.each(['one copy', 'two copies'])(
    'redeems the code once when the response arrives twice at the same moment, at %s',
    async which => {
      const other = which === 'two copies' ? await tripmate.startCopy() : tripmate.url
      const browser = new TestBrowser()
      const callback = tripmate.accounts.allow(await startConnecting(tripmate, browser))
      const answers = await Promise.all([
        browser.get(callback),
        browser.get(other + callback.pathname + callback.search),
      ])
      expect(answers.map(answer => answer.status)).toContain(303)
      expect(tripmate.accounts.tokenRequests).toHaveLength(1)
    },
  )

  it('says that the calendar is already connected when the user reloads the callback or comes back to it', async () => {
    const browser = new TestBrowser()
    const callback = tripmate.accounts.allow(await startConnecting(tripmate, browser))
    await browser.get(callback)
    const page = await browser.follow(await browser.get(callback), tripmate.url)
    expect(textOf(page)).toContain('Your calendar is already connected.')
    expect(tripmate.accounts.tokenRequests).toHaveLength(1)
  })
})

describe('the stored connection', () => {
  it('gives the session a new id, so that the old one is useless to an attacker (session fixation)', async () => {
    const browser = new TestBrowser()
    await browser.get(tripmate.url)
    const before = browser.cookie(tripmate.url, 'tripmate.sid')
    await connect(tripmate, browser)
    const after = browser.cookie(tripmate.url, 'tripmate.sid')
    expect(before).toBeDefined()
    expect(after).not.toBe(before)
    const thief = new TestBrowser()
    thief.setCookie(tripmate.url, 'tripmate.sid', before ?? '')
    expect(textOf(await thief.get(tripmate.url))).toContain('Connect your calendar')
  })

  it('keeps the session in a cookie that scripts cannot read and cross-site forms do not send (RFC 6749 §10.12)', async () => {
    const { answer } = await connect(tripmate)
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/)
  })

  it('keeps tokens and the verifier out of pages, cookies and URLs, and encrypts them in the database', async () => {
    const { browser, answer, page } = await connect(tripmate)
    const secrets = [
      ...tripmate.accounts.accessTokens.keys(),
      ...tripmate.accounts.refreshTokens.keys(),
      tripmate.accounts.tokenRequests[0]?.code_verifier ?? 'no verifier',
      CLIENT_SECRET,
    ]
    const { db } = tripmate.context
    const tables = ['connections', 'authorization_attempts', 'sessions'] as const
    const rows = await Promise.all(tables.map(table => db.selectFrom(table).selectAll().execute()))
    const seen = JSON.stringify([
      answer.headers.get('location'),
      [...answer.headers],
      page.body,
      (await browser.get(`${tripmate.url}/trips`)).body,
      rows,
    ])
    for (const secret of secrets) expect(seen).not.toContain(secret)
  })

  it('revokes the tokens of an earlier connection when there is a new one', async () => {
    const { browser } = await connect(tripmate)
    const earlier = [...tripmate.accounts.refreshTokens.keys()]
    await connect(tripmate, browser)
    expect(tripmate.accounts.revoked).toEqual(expect.arrayContaining(earlier))
  })

  it.each([
    'https://evil.example/',
    '//evil.example',
    '//evil',
    '//localhost/callback',
    '/\\evil.example',
    'javascript:alert(1)',
  ])('returns to a page of its own and never to %s (RFC 9700 §4.11)', async back => {
    const { answer } = await connect(tripmate, undefined, undefined, `?back=${encodeURIComponent(back)}`)
    expect(answer.location.href).toBe(`${tripmate.url}/`)
  })

  it('returns to the page where the user was', async () => {
    const { answer } = await connect(tripmate, undefined, undefined, '?back=/trips')
    expect(answer.location.href).toBe(`${tripmate.url}/trips`)
  })
})

describe('the token response (step 5)', () => {
  it.each([
    ['no access_token', { access_token: undefined }],
    ['an unknown token type (RFC 6749 §7.1)', { token_type: 'mac' }],
    ['no token type', { token_type: undefined }],
  ])('is not accepted with %s', async (_which, changes) => {
    tripmate.accounts.tokenResponse = changes
    const { page } = await connect(tripmate)
    expect(page.status).toBe(503)
  })

  it('may have unknown members, as the response before it may have unknown parameters (RFC 6749 §4.1.2, §5.1)', async () => {
    tripmate.accounts.tokenResponse = { zebra: { stripes: [1, null] } }
    const browser = new TestBrowser()
    const allowed = tripmate.accounts.allow(await startConnecting(tripmate, browser))
    const answer = await browser.get(withParameter(allowed, 'zebra', 'x'))
    expect(textOf(await browser.follow(answer, tripmate.url))).toContain('Your calendar is connected')
  })

  it('means the requested scope when it names no scope (RFC 6749 §5.1)', async () => {
    tripmate.accounts.tokenResponse = { scope: undefined }
    const { page } = await connect(tripmate)
    expect(textOf(page)).toContain('see your events, add and change events')
  })
})

function withParameter(url: URL, name: string, value: string | undefined): URL {
  const changed = new URL(url)
  if (value === undefined) changed.searchParams.delete(name)
  else changed.searchParams.set(name, value)
  return changed
}
