import type { RequestListener } from 'node:http'
import express from 'express'
import type { Report, ReportedExchange } from '../../src/lab/exchange'
import { codeLifetime, slowMotion } from '../../src/lab/slow-motion'
import { Stops } from '../../src/lab/stops'
import { reportIncoming, startReporting } from '../../src/lab-report'
import { createLog } from '../../src/log'
import { type Page, TestBrowser } from '../../src/testing/test-browser'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

const CODE = 'a-code-that-nobody-may-read-whole'
const STATE = 'a-state-that-nobody-may-read-whole'

let accounts: TestServer
let lab: TestServer
let reported: ReportedExchange[]
let now = Date.parse('2027-03-10T09:20:00Z')
let lifetimes: number[]

beforeAll(async () => {
  accounts = await startTestServer()
  lab = await startTestServer()
  reported = []
  lab.answerWith((request, response) => {
    let body = ''
    request.on('data', piece => (body += piece))
    request.on('end', () => {
      reported.push(...(JSON.parse(body) as Report).exchanges)
      response.writeHead(204).end()
    })
  })
  startReporting('auth-server', config())
  accounts.answerWith(reportIncoming(slow()))
})
beforeEach(() => {
  lifetimes = []
})
afterAll(async () => {
  await accounts.stop()
  await lab.stop()
})

const log = createLog('auth-server', 'silent')

function config(changes: { demo?: boolean; labUrl?: string } = {}) {
  const { demo = true, labUrl = lab.url } = changes
  const addresses = {
    clientAppUrl: 'http://127.0.0.1:4000',
    authServerUrl: accounts.url,
    calendarApiUrl: 'http://127.0.0.1:4002',
    labUrl,
  }
  return { demo, addresses, hosts: ['127.0.0.1'], allowedHosts: [] }
}

function slow(changes = {}): RequestListener {
  return slowMotion(app(), 'auth-server', config(changes), log, () => now)
}

const CALLBACK = `http://127.0.0.1:4000/callback?code=${CODE}&state=${STATE}&iss=x`

/** Redirects as the authorization server does. */
function app() {
  const redirects = express()
  redirects.all('/with-code', (request, response) => {
    lifetimes.push(codeLifetime(60))
    response.redirect(request.method === 'POST' ? 303 : 302, CALLBACK)
  })
  redirects.all('/sign-in', (_request, response) => response.redirect(303, '/login?request=an-id'))
  redirects.all('/form-sent-on', (_request, response) => response.redirect(307, CALLBACK))
  redirects.all('/account-next', (_request, response) => response.redirect(303, '/account'))
  redirects.all('/elsewhere', (_request, response) => response.redirect('https://example.com/'))
  redirects.use((_request, response) => void response.status(404).send('no such page'))
  return redirects
}

function slowBrowser(value = 'on'): TestBrowser {
  const browser = new TestBrowser()
  browser.setCookie(accounts.url, 'glasshouse.slow', value)
  return browser
}

const open = (browser: TestBrowser, path: string, headers = {}): Promise<Page> =>
  browser.get(accounts.url + path, headers)

async function stopAt(path: string, browser = slowBrowser()) {
  const redirect = await open(browser, path)
  expect(redirect.location.pathname).toMatch(/^\/demo\/stop\/[\w-]{22}$/)
  const id = redirect.location.pathname.split('/').at(-1) as string
  return { browser, redirect, id, page: await browser.get(redirect.location) }
}

/** What the Lab was told about an exchange. */
async function reportOf(target: string): Promise<ReportedExchange> {
  for (;;) {
    const found = reported.findLast(({ request }) => request.target === target)
    if (found) return found
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('a redirect in slow motion', () => {
  test('stops at a page of the service itself, and names the address nowhere else', async () => {
    const { redirect, page } = await stopAt('/with-code')
    expect(redirect.status).toBe(303)
    expect(redirect.location.origin).toBe(accounts.url)
    expect(redirect.headers.get('cache-control')).toBe('no-store')
    for (const text of [redirect.body, JSON.stringify([...redirect.headers]), page.body, page.url]) {
      expect(text).not.toContain(CODE)
      expect(text).not.toContain(STATE)
    }
    expect(page.status).toBe(200)
    expect(page.body).toContain('Accounts is about to send you back with a code')
    expect(page.body).toContain(`…${CODE.slice(-6)}`)
    expect(page.body).toContain(`…${STATE.slice(-6)}`)
    expect(page.body).toContain('GET /callback')
  })

  test('a form is answered in the same way', async () => {
    const browser = slowBrowser()
    const redirect = await browser.post(`${accounts.url}/with-code`, { decision: 'allow' })
    expect(redirect.location.pathname).toMatch(/^\/demo\/stop\//)
    expect(redirect.body).toBe('')
  })

  test('goes on to the original address, unchanged', async () => {
    const { browser, id } = await stopAt('/with-code')
    const gone = await open(browser, `/demo/go/${id}`)
    expect([gone.status, gone.headers.get('location')]).toEqual([303, CALLBACK])
  })

  test('goes on once: both halves of a double click, and not later', async () => {
    const { browser, id } = await stopAt('/with-code')
    await open(browser, `/demo/go/${id}`)
    now += 1_500
    expect((await open(browser, `/demo/go/${id}`)).headers.get('location')).toBe(CALLBACK)
    now += 1_500
    const late = await open(browser, `/demo/go/${id}`)
    expect(late.status).toBe(409)
    expect(late.headers.get('location')).toBeNull()
    expect(late.body).toContain('You have already sent this')
    const back = await open(browser, `/demo/stop/${id}`)
    expect(back.status).toBe(200)
    expect(back.body).toContain('You have already sent this')
  })

  test('HEAD sends nothing', async () => {
    const { browser, id } = await stopAt('/with-code')
    const cookie = `glasshouse.run=${browser.cookie(accounts.url, 'glasshouse.run')}`
    const head = await fetch(`${accounts.url}/demo/go/${id}`, { method: 'HEAD', headers: { cookie } })
    expect(head.headers.get('location')).toBeNull()
    now += 10_000
    expect((await open(browser, `/demo/go/${id}`)).status).toBe(303)
  })

  test('belongs to its browser', async () => {
    const { id } = await stopAt('/with-code')
    const other = (await stopAt('/sign-in')).browser
    for (const path of [`/demo/stop/${id}`, `/demo/go/${id}`]) {
      const answer = await open(other, path)
      expect([answer.status, answer.headers.get('location')]).toEqual([404, null])
      expect((await fetch(accounts.url + path, { redirect: 'manual' })).status).toBe(404)
    }
  })

  test('is forgotten after 30 minutes', async () => {
    const { browser, id } = await stopAt('/with-code')
    now += 30 * 60_000
    expect((await open(browser, `/demo/go/${id}`)).status).toBe(404)
  })

  test('of a thousand stops the oldest is forgotten', () => {
    const stops = new Stops(() => now)
    const stop = { scene: 'code' as const, browser: 'a-browser', target: CALLBACK, codeEndsAt: undefined, calls: [] }
    const [first, second] = [stops.add(stop), stops.add(stop)]
    for (let more = 0; more < 999; more += 1) stops.add(stop)
    expect([first, second].map(({ id }) => stops.find(id, 'a-browser')?.id)).toEqual([undefined, second?.id])
  })

  test.each([
    ['/sign-in', 'Accounts is about to ask who you are'],
    ['/elsewhere', 'You are about to be sent to another address'],
  ])('%s: %s', async (path, title) => {
    expect((await stopAt(path)).page.body).toContain(title)
  })
})

describe('a redirect goes through', () => {
  test.each([
    ['without the cookie', '/with-code', {}, new TestBrowser()],
    ['with the cookie off', '/with-code', {}, slowBrowserLater('off')],
    ['to a page of the same service that is not part of the flow', '/account-next', {}, undefined],
    ['of a script', '/with-code', { accept: 'application/json' }, undefined],
    ['in a frame', '/with-code', { 'sec-fetch-dest': 'iframe' }, undefined],
  ])('%s', async (_case, path, headers, browser) => {
    const answer = await open(browser ?? slowBrowser(), path, headers)
    expect(answer.location.pathname).not.toMatch(/^\/demo/)
  })

  test('that sends a form on as it is', async () => {
    const answer = await slowBrowser().post(`${accounts.url}/form-sent-on`, { a: 'field' })
    expect([answer.status, answer.headers.get('location')]).toEqual([307, CALLBACK])
  })
})

function slowBrowserLater(value: string): TestBrowser {
  const browser = new TestBrowser()
  browser.setCookie('http://127.0.0.1', 'glasshouse.slow', value)
  return browser
}

describe('the life of a code', () => {
  test('is 10 minutes in slow motion, counted down on the page', async () => {
    const { page, browser } = await stopAt('/with-code')
    expect(lifetimes).toEqual([600])
    expect(page.body).toMatch(/data-seconds-left="\d+"/)
    expect(browser.cookie(accounts.url, 'glasshouse.slow-codes')).toMatch(/^[\w-]{12}\.\d+$/)
  })

  test('is as configured otherwise', async () => {
    await open(new TestBrowser(), '/with-code')
    expect(lifetimes).toEqual([60])
  })
})

describe('what the Lab is told', () => {
  test('of a stopped redirect: the address that the service decided on, and that there was a stop', async () => {
    await stopAt('/with-code?one')
    const { response } = await reportOf('/with-code?one')
    expect(response?.status).toBe(302)
    expect(response?.headers).toContainEqual(['location', CALLBACK])
    expect(response?.headers).toContainEqual(['glasshouse-slow-motion', 'redirect'])
  })

  test('the stop and the way on, as any other exchange', async () => {
    const { browser, id } = await stopAt('/with-code')
    await open(browser, `/demo/go/${id}`)
    expect((await reportOf(`/demo/stop/${id}`)).response?.status).toBe(200)
    expect((await reportOf(`/demo/go/${id}`)).response?.headers).toContainEqual(['location', CALLBACK])
  })
})

describe('the switch on a stop', () => {
  test('turns slow motion off and leaves the stop where it is', async () => {
    const { browser, page } = await stopAt('/with-code')
    const answer = await browser.submit(page, { value: 'off' }, 'value')
    expect(answer.headers.get('set-cookie')).toMatch(/^glasshouse\.slow=; Path=\/; Max-Age=0/)
    const after = await browser.follow(answer, accounts.url)
    expect(after.body).toContain('Slow motion is off')
    expect((await open(browser, '/with-code')).headers.get('location')).toBe(CALLBACK)
  })

  test('is out of reach of other sites', async () => {
    const answer = await slowBrowser().post(
      `${accounts.url}/demo/slow`,
      { value: 'off' },
      { 'Sec-Fetch-Site': 'cross-site' },
    )
    expect([answer.status, answer.headers.get('set-cookie')?.includes('glasshouse.slow') ?? false]).toEqual([
      403,
      false,
    ])
  })

  test.each(['//evil.example/', 'https://evil.example/', '../x'])('redirects to no other place: %s', async stop => {
    const answer = await slowBrowser().post(`${accounts.url}/demo/slow`, { value: 'off', stop })
    expect(answer.location.href).toBe(`${accounts.url}/`)
  })
})

test.each([
  ['in production', { demo: false }],
  ['without a Lab', { labUrl: '' }],
])('%s there is no slow motion', async (_case, changes) => {
  const quick = await startTestServer()
  quick.answerWith(reportIncoming(slow(changes)))
  try {
    const browser = slowBrowser()
    const redirect = await browser.get(`${quick.url}/with-code`)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, CALLBACK])
    expect(lifetimes).toEqual([60])
    for (const path of ['/demo/stop/AAAAAAAAAAAAAAAAAAAAAA', '/demo/go/AAAAAAAAAAAAAAAAAAAAAA']) {
      const answer = await browser.get(quick.url + path)
      expect([answer.status, answer.body]).toEqual([404, 'no such page'])
    }
    expect((await browser.post(`${quick.url}/demo/slow`, { value: 'on' })).body).toBe('no such page')
  } finally {
    await quick.stop()
  }
})
