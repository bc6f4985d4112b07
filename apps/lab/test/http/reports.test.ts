/** What the Lab makes of reports: which run an exchange belongs to, and who may report and read. */
import { request } from 'node:http'
import { readConfig } from '../../src/config'
import { ACCOUNTS, accessToken, CALENDAR, exchange, form, type Lab, newBrowser, secret, startLab } from '../support'

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
    const [run, ...others] = await lab.runs(browser)
    expect([run, others]).toMatchObject([{ kind: 'program', client: 'app-1', messages: 2 }, []])
    // The second message names its sender only in the token, which the Lab does not keep.
    const { entries } = (await lab.har(run?.id ?? '', browser)).log
    expect(entries.map((entry: { _from: string }) => entry._from)).toEqual(['app-1', 'app-1'])
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
