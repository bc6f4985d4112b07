import { request } from 'node:http'
import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { readConfig } from '../../src/config'
import {
  ACCOUNTS,
  accessToken,
  CALENDAR,
  exchange,
  form,
  json,
  type Lab,
  NOW,
  newBrowser,
  secret,
  startLab,
  TRIPMATE,
} from '../support'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

describe('what a run consists of', () => {
  test('both ends of a call are one message, from the caller to the receiver', async () => {
    const browser = newBrowser()
    const page = exchange({ service: 'client-app', browser, request: { target: '/' } })
    const call = { id: 'aaaaaaaaaaaaaaa1', traceId: page.traceId, request: { target: '/calendar/events' } }
    const sent = exchange({
      ...call,
      service: 'client-app',
      end: 'client',
      causedBy: page.id,
      browser,
      origin: CALENDAR,
    })
    const traced: [string, string][] = [
      ['traceparent', `00-${page.traceId}-${call.id}-01`],
      ['authorization', `Bearer ${accessToken()}`],
    ]
    const received = exchange({ ...call, service: 'calendar-api', request: { ...call.request, headers: traced } })
    await lab.report(received)
    expect(await lab.runs(browser)).toEqual([])
    await lab.report(sent)
    await lab.report(page)
    const [run] = await lab.runs(browser)
    expect(run).toMatchObject({ kind: 'browser', messages: 2 })
    const { log } = await lab.har(run?.id ?? '', browser)
    const entries = log.entries.map(({ _number, _from, _to, _channel, _step }: Record<string, unknown>) => [
      _number,
      _from,
      _to,
      _channel,
      _step,
    ])
    expect(entries).toEqual([
      [1, 'browser', 'client-app', 'front', null],
      [2, 'client-app', 'calendar-api', 'back', 6],
    ])
  })

  test('a new authorization request begins a new run, in whichever order its two messages are reported', async () => {
    const browser = newBrowser()
    const start = (state: string) => {
      const query = `/authorize?response_type=code&client_id=tripmate&state=${state}`
      const headers: [string, string][] = [['location', ACCOUNTS + query]]
      const connect = exchange({
        service: 'client-app',
        browser,
        request: { target: '/connect' },
        response: { status: 302, headers },
      })
      return [connect, exchange({ browser, request: { target: query } })] as const
    }
    await lab.report(...start(secret()))
    const [connect, authorize] = start(secret())
    await lab.report(authorize)
    await lab.report(connect)
    expect((await lab.runs(browser)).map(({ messages }) => messages)).toEqual([2, 2])
  })

  test('a program without a cookie has a run of its own, by its client id, for whoever names that id', async () => {
    const browser = newBrowser()
    await lab.report(
      exchange({
        request: {
          method: 'POST',
          target: '/token',
          ...form({ client_id: 'app-1', grant_type: 'client_credentials' }),
        },
      }),
    )
    await lab.report(
      exchange({
        service: 'calendar-api',
        request: {
          target: '/calendar/events',
          headers: [['authorization', `Bearer ${accessToken({ client_id: 'app-1' })}`]],
        },
      }),
    )
    await lab.report(
      exchange({
        request: {
          method: 'POST',
          target: '/token',
          ...form({ client_id: 'app-2', grant_type: 'client_credentials' }),
        },
      }),
    )
    expect(await lab.runs(browser)).toEqual([])
    const body = new URLSearchParams({ client_id: 'app-1' })
    await fetch(`${lab.url}/runs`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { Cookie: `glasshouse.run=${browser}` },
    })
    expect(await lab.runs(browser)).toMatchObject([{ kind: 'program', client: 'app-1', messages: 2 }])
  })

  test('a browser that connects an app sees what this app’s server sends', async () => {
    const browser = newBrowser()
    await lab.report(exchange({ browser, request: { target: '/authorize?client_id=app-3&state=abc' } }))
    await lab.report(
      exchange({
        request: {
          method: 'POST',
          target: '/token',
          ...form({ client_id: 'app-3', grant_type: 'authorization_code' }),
        },
      }),
    )
    expect((await lab.runs(browser)).map(({ kind }) => kind).sort()).toEqual(['browser', 'program'])
  })

  test('what the services do on their own account is in no browser’s run', async () => {
    const browser = newBrowser()
    const poll = { id: 'aaaaaaaaaaaaaaa2', traceId: 'a'.repeat(32), request: { target: '/ended-tokens' } }
    await lab.report(exchange({ ...poll, service: 'calendar-api', end: 'client', origin: ACCOUNTS }))
    expect(await lab.runs(browser)).toEqual([])
  })
})

describe('whose run it is', () => {
  test('another browser gets 404, as for a run that does not exist', async () => {
    const browser = newBrowser()
    await lab.report(exchange({ browser }))
    const [run] = await lab.runs(browser)
    const own = await lab.get(`/runs/${run?.id}`, browser)
    const others = await Promise.all([
      lab.get(`/runs/${run?.id}`, newBrowser()),
      lab.get(`/runs/${run?.id}`),
      lab.get(`/runs/${run?.id}.har`, newBrowser()),
      lab.get(`/runs/${run?.id}/live`, newBrowser()),
      lab.get('/runs/does-not-exist', browser),
    ])
    expect(own.status).toBe(200)
    expect(others.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
  })

  test('/runs/newest leads to the newest run, and to one exchange in it', async () => {
    const browser = newBrowser()
    const one = exchange({ browser })
    await lab.report(one)
    const [run] = await lab.runs(browser)
    expect((await lab.get('/runs/newest', browser)).headers.get('location')).toBe(`/runs/${run?.id}`)
    const asked = await lab.get(`/runs/newest?exchange=${one.id}`, browser)
    expect(asked.headers.get('location')).toBe(`/runs/${run?.id}?exchange=${one.id}`)
    const led = await lab.get(`/runs/${run?.id}?exchange=${one.id}`, browser)
    expect(led.headers.get('location')).toBe(`/runs/${run?.id}/messages/${one.id}`)
    expect((await lab.get('/runs/newest', newBrowser())).headers.get('location')).toBe('/runs')
  })

  test('the store does not hold the cookie', async () => {
    const browser = newBrowser()
    await lab.report(exchange({ browser, request: { headers: [['cookie', `glasshouse.run=${browser}`]] } }))
    expect((await lab.stored()).includes(browser)).toBe(false)
  })
})

describe('values that open something', () => {
  const redeem = (code: string, verifier: string) =>
    form({ grant_type: 'authorization_code', code, code_verifier: verifier, client_secret: NEVER_RECORDED })

  test('are in the store only sealed, and on pages only by their last six characters', async () => {
    const browser = newBrowser()
    const [code, state] = [secret(), secret()]
    await lab.report(
      exchange({
        browser,
        response: { status: 303, headers: [['location', `${TRIPMATE}/callback?code=${code}&state=${state}`]] },
      }),
    )
    const [run] = await lab.runs(browser)
    const page = await lab.get(`/runs/${run?.id}.har`, browser)
    for (const value of [code, state]) {
      expect((await lab.stored()).includes(value)).toBe(false)
      expect(page.body).not.toContain(value)
      expect(page.body).toContain(`…${value.slice(-6)}`)
    }
  })

  test('are shown in full once they are spent: a redeemed code and its verifier', async () => {
    const browser = newBrowser()
    const [code, verifier, refresh] = [secret(), secret(), secret()]
    const token = accessToken()
    await lab.report(
      exchange({ browser, response: { status: 303, headers: [['location', `${TRIPMATE}/callback?code=${code}`]] } }),
    )
    await lab.report(
      exchange({
        browser,
        request: { method: 'POST', target: '/token', ...redeem(code, verifier) },
        response: json({ access_token: token, refresh_token: refresh }),
      }),
    )
    const [run] = await lab.runs(browser)
    const { body } = await lab.get(`/runs/${run?.id}.har`, browser)
    expect(body).toContain(code)
    expect(body).toContain(verifier)
    expect(body).not.toContain(token)
    expect(body).not.toContain(refresh)
    expect((await lab.stored()).includes(refresh)).toBe(false)
  })

  test.each([
    [
      'a code that another client tried in vain',
      400,
      'code is unknown, expired, used before, or was issued to another client',
      false,
    ],
    ['a code that its own client used up with a wrong verifier', 400, 'code_verifier does not match', true],
    ['a code at a server that failed', 503, 'the store cannot be reached', false],
  ])('%s', async (_, status, description, shown) => {
    const browser = newBrowser()
    const code = secret()
    const answer = { ...json({ error: 'invalid_grant', error_description: description }), status }
    await lab.report(
      exchange({ browser, request: { method: 'POST', target: '/token', ...redeem(code, secret()) }, response: answer }),
    )
    const [run] = await lab.runs(browser)
    expect((await lab.get(`/runs/${run?.id}.har`, browser)).body.includes(code)).toBe(shown)
  })

  test('a replaced refresh token, a revoked token and tokens that the list of ended tokens names', async () => {
    const browser = newBrowser()
    const [first, second, third] = [secret(), secret(), secret()]
    const token = accessToken({ jti: 'grant-9.1' })
    await lab.report(exchange({ browser, response: json({ access_token: accessToken(), refresh_token: third }) }))
    const refresh = (sent: string, got: string, access: string) =>
      exchange({
        browser,
        request: { method: 'POST', target: '/token', ...form({ grant_type: 'refresh_token', refresh_token: sent }) },
        response: json({ access_token: access, refresh_token: got }),
      })
    await lab.report(refresh(first, second, token))
    const [run] = await lab.runs(browser)
    const har = async () => (await lab.get(`/runs/${run?.id}.har`, browser)).body
    expect(await har()).toContain(first)
    expect(await har()).not.toContain(second)

    await lab.report(
      exchange({
        browser,
        request: { method: 'POST', target: '/revoke', ...form({ token: third }) },
        response: json({}),
      }),
    )
    expect(await har()).toContain(third)

    expect(await har()).not.toContain(token)
    await lab.report(
      exchange({
        request: { target: '/ended-tokens?after=1' },
        response: json({ ended: [{ id: 'grant-9', expires_at: 1 }], last: 2, lease: 3 }),
      }),
    )
    expect(await har()).toContain(token)
    expect(await har()).toContain(second)
  })

  test('an access token whose time is over', async () => {
    const browser = newBrowser()
    const token = accessToken()
    await lab.report(exchange({ browser, response: json({ access_token: token }) }))
    const [run] = await lab.runs(browser)
    const har = async () => (await lab.get(`/runs/${run?.id}.har`, browser)).body
    expect(await har()).not.toContain(token)
    lab.advance(3600_000 + 61_000)
    expect(await har()).toContain(token)
  })

  test('a value that stands where nobody would look for it', async () => {
    const browser = newBrowser()
    const refresh = secret()
    await lab.report(exchange({ browser, response: json({ refresh_token: refresh }) }))
    await lab.report(
      exchange({ browser, request: { target: `/search?q=${refresh}`, headers: [['x-note', `see ${refresh}!`]] } }),
    )
    const [run] = await lab.runs(browser)
    expect((await lab.stored()).includes(refresh)).toBe(false)
    expect((await lab.get(`/runs/${run?.id}?all`, browser)).body).not.toContain(refresh)
  })
})

test('a restart keeps the runs, and what was sealed stays masked', async () => {
  const browser = newBrowser()
  const refresh = secret()
  await lab.report(exchange({ browser, response: json({ refresh_token: refresh }) }))
  const [before] = await lab.runs(browser)
  await lab.restart()
  expect(await lab.runs(browser)).toEqual([before])
  const { body } = await lab.get(`/runs/${before?.id}.har`, browser)
  expect(body).toContain(`…${refresh.slice(-6)}`)
  expect(body).not.toContain(refresh)
})

describe('who may report', () => {
  const send = (headers: Record<string, string>, body = '{"exchanges":[]}') =>
    fetch(`${lab.url}/reports`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })

  test.each([
    ['a program on this machine', {}, 204],
    ['a page in a browser', { Origin: 'https://evil.example' }, 403],
    ['a page of the Lab itself', { Origin: 'http://localhost:4003' }, 403],
    ['another machine, through a proxy', { 'X-Forwarded-For': '203.0.113.9' }, 403],
    ['a rebound name', { Host: 'evil.example' }, 421],
  ])('%s', async (_, headers, status) => {
    const answered = await new Promise(resolve => {
      const sent = request(
        `${lab.url}/reports`,
        { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } },
        response => resolve(response.statusCode),
      )
      sent.end('{"exchanges":[]}')
    })
    expect(answered).toBe(status)
  })

  test.each([['[]'], ['{}'], ['{"exchanges":{}}'], ['{"exchanges":[null,1,{},{"id":"x"}]}']])(
    '%s is taken without harm',
    async body => {
      expect((await send({}, body)).status).toBe(204)
    },
  )

  test.each([
    ['not JSON', '{', 400],
    ['too long', `{"exchanges":"${'x'.repeat(17 * 1024 * 1024)}"}`, 413],
  ])('a body that is %s is refused', async (_, body, status) => {
    expect((await send({}, body)).status).toBe(status)
  })
})

test('production has no Lab', () => {
  expect(() => readConfig({ NODE_ENV: 'production' })).toThrow('does not start with NODE_ENV=production')
})

test('a token that somebody wrote around a good signature stays masked, whatever it says of itself', async () => {
  const browser = newBrowser()
  const good = accessToken({ exp: NOW / 1000 + 1_000_000 })
  const [header, , signature] = good.split('.')
  const claims = Buffer.from(JSON.stringify({ jti: 'ended.1', exp: 1 })).toString('base64url')
  const forged = `${header}.${claims}.${signature}`
  await lab.report(
    exchange({ browser, response: json({ access_token: good }) }),
    exchange({ browser, request: { headers: [['authorization', `Bearer ${forged}`]] } }),
    exchange({
      browser,
      request: { method: 'POST', target: '/revoke', ...form({ token: forged }) },
      response: json({}),
    }),
    exchange({
      request: { target: '/ended-tokens?after=1' },
      response: json({ ended: [{ id: 'ended' }], last: 2, lease: 3 }),
    }),
  )
  const [run] = await lab.runs(browser)
  expect((await lab.stored()).includes(signature ?? '')).toBe(false)
  expect((await lab.get(`/runs/${run?.id}.har`, browser)).body.includes(signature ?? '')).toBe(false)
})

test('the reason of a refusal is searched for values as well', async () => {
  const browser = newBrowser()
  const refresh = secret()
  await lab.report(exchange({ browser, response: json({ refresh_token: refresh }) }))
  await lab.report(
    exchange({ browser, refusal: { refused: 'x', why: `${refresh} is not accepted` }, response: { status: 400 } }),
  )
  expect((await lab.stored()).includes(refresh)).toBe(false)
})
