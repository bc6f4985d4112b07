import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { reportCall, reportIncoming, startReporting } from '../../src/lab-report'
import { installPages, parties } from '../../src/pages'
import { seeThrough, showNote, showRefused, showStep } from '../../src/see-through'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

const RUN = 'glasshouse.run=abcdefghijklmnopqrstuvwx'
const OTHER_RUN = 'glasshouse.run=ABCDEFGHIJKLMNOPQRSTUVWX'
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.the-part-that-opens-something.Xy12Zz'

const views = mkdtempSync(join(tmpdir(), 'glasshouse-strip-'))
writeFileSync(join(views, 'page.ejs'), `<%- include('shared/head', { title: 'Page' }) %><%- include('shared/foot') %>`)

let server: TestServer
let other: TestServer
/** What the other party answers. */
let status: number
let body: string

beforeAll(async () => {
  server = await startTestServer()
  other = await startTestServer()
  other.answerWith((_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
  })
  const addresses = {
    clientAppUrl: server.url,
    authServerUrl: other.url,
    calendarApiUrl: 'http://localhost:4002',
    labUrl: 'http://localhost:1',
  }
  startReporting('client-app', { demo: true, addresses })
  const party = parties(addresses).client
  const app = express()
  installPages(app, { party, viewsDir: views, demo: true, addresses })
  app.use(express.urlencoded({ extended: false }), seeThrough({ party, demo: true, makesCalls: true }))
  app.get('/callback', (_request, response) => {
    showRefused(response, 'state', 'Not from here, so refused.')
    response.status(400).render('page')
  })
  app.get('/noted', (_request, response) => {
    showNote(response, 'A note of its own.')
    response.render('page')
  })
  app.get('/step', (_request, response) => {
    showStep(response, 2)
    response.render('page')
  })
  /** Makes calls of a kind, as often as asked, then shows a page or redirects to one. */
  app.all('/act', async (request, response) => {
    const { kind = '', times = 1, then } = request.query
    for (let n = 0; n < Number(times); n++) await call(String(kind))
    if (then) response.redirect(303, String(then))
    else response.render('page')
  })
  app.get('/', (_request, response) => response.render('page'))
  server.answerWith(reportIncoming(app))
})
beforeEach(() => {
  status = 200
  body = '{}'
})
afterAll(async () => {
  await server.stop()
  await other.stop()
  rmSync(views, { recursive: true })
})

/** `GET`, `POST` …: a call to the calendar. Anything else: the grant type of a token request. */
async function call(kind: string): Promise<void> {
  const isGrant = !/^[A-Z]+$/.test(kind)
  const request = isGrant
    ? {
        method: 'POST',
        url: `${other.url}/${kind === 'revoke' ? 'revoke' : 'token'}`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: kind === 'revoke' ? `token=${TOKEN}` : `grant_type=${kind}&code=${TOKEN}`,
      }
    : { method: kind, url: `${other.url}/calendar/events?q=1`, headers: { Authorization: `Bearer ${TOKEN}` } }
  await reportCall(request, async headers => {
    const answer = await fetch(request.url, { ...request, headers })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  })
}

/** The strip of the page that is reached, as a reader sees it. */
async function strip(path: string, cookie = RUN, init: RequestInit = {}) {
  const answer = await fetch(server.url + path, { ...init, headers: { cookie, ...init.headers }, redirect: 'manual' })
  const location = answer.headers.get('location')
  if (location) return strip(location, cookie)
  const html = (await answer.text()).split('<aside')[1] ?? ''
  return { html, text: html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ') }
}

describe('what just happened', () => {
  test.each([
    ['authorization_code', 1, 'Steps 4 and 5 of 7', 'Tripmate exchanged the code for tokens: 1 request'],
    ['refresh_token', 1, 'Step 7 of 7', 'The access token had expired.'],
    ['GET', 2, 'Step 6 of 7', 'Events were read: 2 requests.'],
    ['POST', 8, 'Step 6 of 7', '8 events were added: 8 requests.'],
    ['POST', 30, 'Step 6 of 7', '30 events were added: 30 requests.'],
    ['PATCH', 1, 'Step 6 of 7', '1 event was changed: 1 request.'],
    ['DELETE', 1, 'Step 6 of 7', '1 event was deleted: 1 request.'],
    ['revoke', 2, '', 'Tripmate gave back 2 tokens, and the authorization server revoked them: 2 requests.'],
  ])('%s, %d times, is told from the calls that were made', async (kind, times, step, sentence) => {
    const { text } = await strip(`/act?kind=${kind}&times=${times}`)
    expect(text).toContain(step)
    expect(text).toContain(sentence)
    if (times > 1) expect(text).toContain(`${times - 1} more like this.`)
  })

  test.each([
    ['authorization_code', 400, 'The authorization server refused the code.'],
    ['refresh_token', 400, 'The authorization server refused the refresh token.'],
    ['GET', 401, 'The calendar refused the access token: 1 request.'],
    ['POST', 403, 'The calendar refused 1 request.'],
    ['POST', 503, 'No useful answer came to 1 request.'],
  ])('%s answered with %d is told as what it is', async (kind, answered, sentence) => {
    status = answered
    expect((await strip(`/act?kind=${kind}`)).text).toContain(sentence)
  })

  test('is told on the page that a form redirects to, once, and to nobody else', async () => {
    const form = { method: 'POST' }
    const told = await strip('/act?kind=POST&times=8&then=/step', RUN, form)
    expect(told.text).toContain('8 events were added: 8 requests.')
    expect(told.text).toContain('POST /calendar/events')
    expect((await strip('/step')).text).not.toContain('8 events')
    await fetch(`${server.url}/act?kind=POST&then=/step`, { ...form, headers: { cookie: RUN }, redirect: 'manual' })
    expect((await strip('/step', OTHER_RUN)).text).not.toContain('1 event was added')
  })

  test('on a page that refuses a parameter, its meaning is the refusal', async () => {
    const { text } = await strip('/callback?code=x&state=y')
    expect(text).toContain('Step 3 of 7')
    expect(text).toContain('Tripmate refused it and asked for no token.')
    expect(text).toContain('Not from here, so refused.')
    expect(text).not.toContain('The client accepts the answer only')
  })

  test('says nothing on a page that is not part of the flow, but for a tab', async () => {
    const { html, text } = await strip('/', `${RUN}; glasshouse.strip=open`)
    expect(html).toContain('strip-tab')
    expect(html).not.toContain('<details open')
    expect(text).not.toMatch(/Steps? \d/)
    expect((await strip('/noted')).text).toContain('A note of its own.')
  })
})

test('an answer that cannot be described disturbs nothing', async () => {
  body = '['.repeat(100_000) + ']'.repeat(100_000)
  const answer = await fetch(`${server.url}/act?kind=GET`)
  expect(answer.status).toBe(200)
})

test('the strip is open where the browser remembers it as open', async () => {
  expect((await strip('/step', `${RUN}; glasshouse.strip=open`)).html).toContain('<details open')
  expect((await strip('/step')).html).not.toMatch(/^[^>]*>\s*<details open/)
})

test('leads to exactly this exchange in the Lab, and from each call to its own', async () => {
  const { html } = await strip('/act?kind=POST')
  const spans = [...html.matchAll(/href="http:\/\/localhost:1\/runs\/newest\?exchange=([0-9a-f]{16})"/g)]
  expect(new Set(spans.map(([, span]) => span)).size).toBe(2)
})

test('shows of a token only its ending, in the message as in the explanation', async () => {
  const { html } = await strip('/act?kind=GET')
  expect(html).toContain('…Xy12Zz')
  expect(html).not.toContain('eyJ')
})

test('headers that are not about OAuth are folded away, and so are parameters of the calendar', async () => {
  const { html } = await strip('/act?kind=GET')
  const [, folded = ''] = /Tripmate to [\s\S]*?<details class="plumbing">\s*<summary>([^<]*)</.exec(html) ?? []
  expect(folded).toContain('Not about OAuth: q, Host')
})
