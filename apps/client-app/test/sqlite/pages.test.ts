import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
afterEach(() => tripmate.stop())

describe('forms', () => {
  it.each([
    '/events',
    '/events/e1',
    '/events/e1/delete',
    '/trips',
    '/trips/t1',
    '/trips/t1/calendar',
    '/trips/t1/delete',
    '/trips/t1/items',
    '/trips/t1/items/i1',
    '/trips/t1/items/i1/delete',
    '/disconnect',
    '/time-zone',
  ])('%s accepts no form without the anti-forgery field (RFC 6749 §10.12)', async path => {
    tripmate = await startTripmate()
    const { browser } = await connect(tripmate)
    const asked = tripmate.calendar.requests.length
    expect((await browser.post(tripmate.url + path, { summary: 'x' })).status).toBe(403)
    expect((await browser.post(tripmate.url + path, { _csrf: 'guessed' })).status).toBe(403)
    expect(tripmate.calendar.requests).toHaveLength(asked)
    expect(tripmate.accounts.revoked).toEqual([])
  })

  it('all carry the field', async () => {
    tripmate = await startTripmate()
    const { browser } = await connect(tripmate)
    for (const path of ['/', '/trips', '/events/new', '/disconnect']) {
      const forms = readForms(await browser.get(tripmate.url + path))
      expect(forms.length).toBeGreaterThan(0)
      for (const form of forms) expect(form.names).toContain('_csrf')
    }
  })
})

describe('pages', () => {
  it('answer /healthz once Tripmate can answer', async () => {
    tripmate = await startTripmate()
    expect((await fetch(`${tripmate.url}/healthz`)).status).toBe(200)
  })

  it('allow no content from elsewhere, no inline script, and no framing (RFC 9700 §4.16)', async () => {
    tripmate = await startTripmate()
    const page = await new TestBrowser().get(tripmate.url)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe-inline')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.body).not.toMatch(/<(script|link|img)[^>]+(src|href)="(https?:)?\/\//)
    expect(page.body).not.toMatch(/<script(?![^>]*src=)|\sstyle=|\son\w+=/)
  })

  it('include one for an unknown address, and one for a method that is not allowed', async () => {
    tripmate = await startTripmate()
    const browser = new TestBrowser()
    const page = await browser.get(`${tripmate.url}/nowhere`)
    expect(page.status).toBe(404)
    expect(textOf(page)).toContain('Page not found')
  })

  it.each([
    '/%',
    '/?%',
    '/trips/%00',
    '/callback?state=%ff',
    '/callback?state[a]=b',
    '/connect?back[]=x',
    '/events/%E0%A4%A',
  ])('answer %s with what is wrong, and never with a 500', async path => {
    tripmate = await startTripmate()
    const { browser } = await connect(tripmate)
    const page = await browser.get(tripmate.url + path)
    expect(page.status).toBeLessThan(500)
    expect(page.body).not.toMatch(/at .*\.(js|ts):\d+/)
  })
})

it('refuses text with a NUL in it, and says so', async () => {
  tripmate = await startTripmate()
  const { browser } = await connect(tripmate)
  const page = await browser.get(`${tripmate.url}/trips`)
  const answer = await browser.submit(page, { name: 'Tri\0este', startsOn: '2027-05-03' }, 'name')
  expect(answer.status).toBe(400)
  expect(textOf(answer)).toContain('This request could not be read')
})

describe('the seven steps', () => {
  const inTheLab = (body: string) => [...body.matchAll(/href="([^"]*\/runs\/newest[^"]*)"/g)].map(([, href]) => href)
  const LAB = 'http://localhost:4003/runs/newest'

  it('lead into the Lab once the calendar is connected, each to its messages', async () => {
    tripmate = await startTripmate()
    const browser = new TestBrowser()
    expect((await browser.get(tripmate.url)).body).not.toContain('See the messages that made this happen')
    const { page } = await connect(tripmate, browser)
    expect(textOf(page)).toContain('See the messages that made this happen')
    const links = inTheLab(page.body)
    expect(links).toEqual(expect.arrayContaining([LAB, ...[1, 2, 3, 4, 5, 6, 7].map(step => `${LAB}#step-${step}`)]))
  })

  it.each([
    ['without a Lab', { LAB_URL: 'off' }],
    [
      'in production',
      {
        NODE_ENV: 'production',
        TRIPMATE_CLIENT_SECRET: 'Zr8pQ2vX5nK7wL1mB4cD6fG9hJ3sT0yU',
        TRIPMATE_SESSION_SECRET: 'Aq8pQ2vX5nK7wL1mB4cD6fG9hJ3sT0yU',
      },
    ],
  ])('are not on the page %s', async (_where, env) => {
    tripmate = await startTripmate(env)
    const { page } = await connect(tripmate)
    expect(textOf(page)).toContain('Your calendar is connected.')
    expect(inTheLab(page.body)).toEqual([])
    expect(page.body).not.toContain('See the messages')
  })
})

it('keeps two browsers apart', async () => {
  tripmate = await startTripmate()
  const [one, other] = [await connect(tripmate), await connect(tripmate)]
  const [first, second] = [...tripmate.accounts.accessTokens.keys()]
  tripmate.calendar.requests = []
  await one.browser.get(tripmate.url)
  await other.browser.get(tripmate.url)
  expect([...new Set(tripmate.calendar.requests.map(request => request.authorization))]).toEqual([
    `Bearer ${first}`,
    `Bearer ${second}`,
  ])
})
