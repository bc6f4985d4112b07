import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { installPages, parties } from '../../src/pages'
import { describeRequest, seeThrough, showMessage, showStep } from '../../src/see-through'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

const addresses = {
  clientAppUrl: 'http://localhost:4000',
  authServerUrl: 'http://localhost:4001',
  calendarApiUrl: 'http://localhost:4002',
  labUrl: 'http://localhost:4003',
}
const party = parties(addresses)['authorization-server']
const ATTACK = `"'><script>alert(1)</script>`
const PASSWORD = 'curiouser-and-curiouser'

const views = mkdtempSync(join(tmpdir(), 'glasshouse-views-'))
writeFileSync(
  join(views, 'page.ejs'),
  `<%- include('shared/head', { title }) %><h1>A page</h1><%- include('shared/foot') %>`,
)
writeFileSync(join(views, 'message.ejs'), `<%- include('shared/http-message', { message, title: true }) %>`)
afterAll(() => rmSync(views, { recursive: true }))

async function start(demo: boolean): Promise<TestServer> {
  const app = express()
  installPages(app, { party, viewsDir: views, demo, addresses })
  app.use(seeThrough({ party, demo }))
  app.use(express.urlencoded({ extended: false }))
  app.all('/page', (request, response) => {
    showStep(response, 2, 'A note of its own.')
    const earlier = { from: 'Your browser', to: party.name, method: 'GET', url: '/authorize?state=x' }
    showMessage(response, describeRequest(earlier))
    response.render('page', { title: String(request.query.title ?? 'Sign in') })
  })
  app.get('/error', (_request, response) => {
    const nextSteps = [{ href: '/?a=1&b="', label: ATTACK }]
    response
      .status(404)
      .render('shared/error', { status: 404, title: ATTACK, detail: ATTACK, nextSteps, requestId: ATTACK })
  })
  app.get('/message', (_request, response) => {
    const message = describeRequest({
      from: ATTACK,
      to: ATTACK,
      method: ATTACK,
      url: `/${ATTACK}`,
      body: { [ATTACK]: ATTACK },
    })
    response.render('message', { message })
  })
  const server = await startTestServer()
  server.answerWith(app)
  return server
}

describe('a page', () => {
  let server: TestServer
  const get = async (path: string, init?: RequestInit) => (await fetch(server.url + path, init)).text()
  beforeAll(async () => {
    server = await start(true)
  })
  afterAll(() => server.stop())

  test('names itself, its party, and all three parties with their origins', async () => {
    const html = await get('/page')
    expect(html).toContain('<title>Sign in · Glasshouse Accounts</title>')
    expect(html).toContain('<body data-party="authorization-server">')
    const { labUrl: _, ...parties } = addresses
    for (const origin of Object.values(parties)) expect(html).toContain(`href="${origin}/"`)
  })

  test('loads nothing from another host, and contains no inline style or script', async () => {
    const html = await get('/page')
    const loaded = [...html.matchAll(/<(?:link|script|img)\b[^>]*?(?:href|src)="([^"]*)"/g)].map(match => match[1])
    expect(loaded.length).toBeGreaterThan(2)
    for (const address of loaded) expect(address).toMatch(/^\/[^/]/)
    expect(html).not.toMatch(/\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=/)
  })

  test('shows party, step and messages in the strip, the earlier message first', async () => {
    const html = await get('/page?x=1')
    expect(html).toContain('Step 2 of 7')
    expect(html).toContain('A note of its own.')
    expect(html).toContain('localhost:4001')
    expect(html.indexOf('GET /authorize')).toBeGreaterThan(0)
    expect(html.indexOf('GET /authorize')).toBeLessThan(html.indexOf('GET /page'))
  })

  test('shows the form that was sent, without the password', async () => {
    const body = new URLSearchParams({ username: 'alice', password: PASSWORD })
    const html = await get('/page', {
      method: 'POST',
      body,
      headers: { cookie: `sid=${PASSWORD}`, authorization: `Basic ${PASSWORD}` },
    })
    expect(html).toContain('<b>username</b>=alice')
    expect(html).not.toContain(PASSWORD)
  })

  test.each([
    `/page?title=${encodeURIComponent(ATTACK)}&${encodeURIComponent(ATTACK)}=${encodeURIComponent(ATTACK)}`,
    '/error',
    '/message',
  ])('escapes all outside input: %s', async path => {
    const html = await get(path, { headers: { accept: ATTACK, origin: ATTACK, referer: ATTACK, 'if-match': ATTACK } })
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toContain('<script>alert')
  })

  test('links to a stylesheet that can be cached forever, because its URL changes with its content', async () => {
    const address = /href="(\/assets\/glasshouse\.css\?v=[0-9a-f]{12})"/.exec(await get('/page'))?.[1]
    const response = await fetch(server.url + address)
    expect(response.headers.get('cache-control')).toContain('immutable')
    const bare = await fetch(`${server.url}/assets/glasshouse.css`)
    expect(bare.headers.get('cache-control')).toBe('no-cache')
  })

  test.each(['/favicon.svg', '/favicon.ico'])('%s has its own colour', async path => {
    const svg = await get(path)
    expect(svg).toMatch(/^<svg/)
    expect(svg).not.toContain('#accent')
  })
})

test('outside demo mode a page has no strip', async () => {
  const server = await start(false)
  const html = await (await fetch(`${server.url}/page`)).text()
  await server.stop()
  expect(html).toContain('<h1>A page</h1>')
  expect(html).not.toContain('class="strip"')
  expect(html).not.toContain('Step 2 of 7')
})
