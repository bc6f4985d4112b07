import { exchange, type Lab, newBrowser, startLab } from '../support'
import { aRun } from '../support/a-run'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

interface Recorded {
  browser: string
  allowed: string
  denied: string
}

/** First allowed, then denied, in one browser. */
async function allowedAndDenied(): Promise<Recorded> {
  const allowed = aRun()
  await lab.report(...allowed.exchanges)
  lab.advance(60_000)
  await lab.report(...aRun({ browser: allowed.browser, decision: 'deny' }).exchanges)
  const [newer, older] = await lab.runs(allowed.browser)
  return { browser: allowed.browser, allowed: older?.id ?? '', denied: newer?.id ?? '' }
}

/** The id of a run's nth message that sends this. */
async function messageOf(browser: string, runId: string, method: string, path: string, nth = 0): Promise<string> {
  const { log } = await lab.har(runId, browser)
  const isWanted = ({ request }: { request: { method: string; url: string } }) =>
    request.method === method && new URL(request.url).pathname === path
  return log.entries.filter(isWanted)[nth]._id
}

async function compare(browser: string, a: string, b: string): Promise<string> {
  const { status, body } = await lab.get(`/compare?a=${a}&b=${b}`, browser)
  expect(status).toBe(200)
  return body
}

/** The lines of one kind, without markup: both sides of each. */
function lines(page: string, outcome: string): string[] {
  const items = page.match(new RegExp(`<li class="pair pair-${outcome}">[\\s\\S]*?</li>`, 'g')) ?? []
  return items.map(item =>
    item
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
}

describe('two messages', () => {
  test('allowed and denied: the decision and its answer are marked, and what is random is told apart', async () => {
    const { browser, allowed, denied } = await allowedAndDenied()
    const [a, b] = [
      await messageOf(browser, allowed, 'POST', '/consent'),
      await messageOf(browser, denied, 'POST', '/consent'),
    ]
    const page = await compare(browser, `${allowed}/${a}`, `${denied}/${b}`)
    expect(lines(page, 'differs')).toEqual(['Differs: A: &amp;decision= allow B: &amp;decision= deny'])
    expect(page).toContain('<mark>deny</mark>')
    expect(lines(page, 'only-left')).toEqual([expect.stringMatching(/^Only in A: A: \?code=\S+ not there$/)])
    expect(lines(page, 'only-right')).toEqual(['Only in B: not there B: ?error=access_denied'])
    expect(lines(page, 'new-each-time').map(line => /(\w+)=/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(['request', '_csrf', 'state']),
    )
    expect(lines(page, 'same').join('\n')).toContain('Location: http://localhost:4000/callback')
  })

  test('before and after a refresh: the refresh request has other fields than the first token request', async () => {
    const run = aRun()
    await lab.report(...run.exchanges)
    const [recorded] = await lab.runs(run.browser)
    const id = recorded?.id ?? ''
    const [a, b] = [
      await messageOf(run.browser, id, 'POST', '/token', 0),
      await messageOf(run.browser, id, 'POST', '/token', 1),
    ]
    const page = await compare(run.browser, `${id}/${a}`, `${id}/${b}`)
    expect(lines(page, 'differs')[0]).toContain('grant_type= authorization_code')
    expect(lines(page, 'only-left').join()).toContain('code_verifier=')
    expect(lines(page, 'only-right').join()).toContain('refresh_token=')
    expect(lines(page, 'new-each-time').join()).toContain('&#34;access_token&#34;')
  })

  test('messages that differ only in what is new each time are called the same', async () => {
    const { browser, allowed, denied } = await allowedAndDenied()
    const [a, b] = [
      await messageOf(browser, allowed, 'GET', '/authorize'),
      await messageOf(browser, denied, 'GET', '/authorize'),
    ]
    const page = await compare(browser, `${allowed}/${a}`, `${denied}/${b}`)
    expect(page).toContain('They say the same.')
    expect(lines(page, 'differs')).toEqual([])
  })

  test('only the part of a value that differs is marked', async () => {
    const browser = newBrowser()
    const request = (scope: string) => exchange({ browser, request: { target: `/consent?scope=${scope}` } })
    const [one, other] = [request('calendar.read'), request('calendar.read+calendar.write')]
    await lab.report(one, other)
    const [run] = await lab.runs(browser)
    const page = await compare(browser, `${run?.id}/${one.id}`, `${run?.id}/${other.id}`)
    expect(page).toMatch(/\?scope=calendar\.read<mark>\+calendar\.write<\/mark>/)
  })
})

describe('two runs', () => {
  test('the first message that differs is marked, those before it are the same', async () => {
    const { browser, allowed, denied } = await allowedAndDenied()
    const page = await compare(browser, allowed, denied)
    const items = page.split('<li class="message-pair ').slice(1)
    expect(items.map(item => item.split('"')[0]?.split(' ')[0])).toEqual([
      ...Array(5).fill('message-same'),
      'message-differs',
      'message-differs',
      ...Array(9).fill('message-only-left'),
    ])
    expect(page.match(/id="first-difference"/g)).toHaveLength(1)
    expect(items[5]).toMatch(/^message-differs" id="first-difference"/)
    expect(items[5]).toContain('<details open>')
  })

  test('a run compared with itself has no difference', async () => {
    const { browser, allowed } = await allowedAndDenied()
    const page = await compare(browser, allowed, allowed)
    expect(page).toContain('Both runs went the same way.')
    expect(page).not.toContain('first-difference"')
  })
})

describe('the way there', () => {
  test('the list of runs leads to the comparison with the run before', async () => {
    const { browser, allowed, denied } = await allowedAndDenied()
    const { body } = await lab.get('/runs', browser)
    expect(body).toContain(`href="/compare?a=${allowed}&b=${denied}#first-difference"`)
  })

  test('the panel leads to the one like it before in this run', async () => {
    const run = aRun()
    const again = exchange({ browser: run.browser, service: 'client-app', request: { target: '/connect' } })
    await lab.report(...run.exchanges, again)
    const [recorded] = await lab.runs(run.browser)
    const first = await messageOf(run.browser, recorded?.id ?? '', 'GET', '/connect')
    const { body } = await lab.get(`/runs/${recorded?.id}/messages/${again.id}`, run.browser)
    expect(body).toContain(`href="/compare?a=${recorded?.id}/${first}&amp;b=${recorded?.id}/${again.id}"`)
    expect(body).toContain('Compare with message 1, the one like it before')
  })

  test('or to the same message of an earlier run, which is found when it is asked for', async () => {
    const { browser, allowed, denied } = await allowedAndDenied()
    const [a, b] = [
      await messageOf(browser, allowed, 'POST', '/consent'),
      await messageOf(browser, denied, 'POST', '/consent'),
    ]
    const { body } = await lab.get(`/runs/${denied}/messages/${b}`, browser)
    expect(body).toContain(`href="/compare?b=${denied}/${b}"`)
    const { status, headers } = await lab.get(`/compare?b=${denied}/${b}`, browser)
    expect(status).toBe(303)
    expect(headers.get('location')).toBe(`/compare?a=${allowed}/${a}&b=${denied}/${b}#first-difference`)
  })

  test('where there is no earlier one, the page says what to do', async () => {
    const run = aRun()
    await lab.report(...run.exchanges)
    const [recorded] = await lab.runs(run.browser)
    const { status, body } = await lab.get(`/compare?b=${recorded?.id}`, run.browser)
    expect(status).toBe(404)
    expect(body).toContain('Connect your calendar once more')
  })
})

test.each(['', '?a=x', '?a=../x&b=y', '?b[]=1', '?a=ok/nothex&b=ok'])('%s is refused as a comparison', async query => {
  expect([400, 404]).toContain((await lab.get(`/compare${query}`, newBrowser())).status)
})

test('another browser’s runs cannot be compared, on either side', async () => {
  const { browser, allowed } = await allowedAndDenied()
  const other = await allowedAndDenied()
  expect((await lab.get(`/compare?a=${allowed}&b=${other.denied}`, browser)).status).toBe(404)
  expect((await lab.get(`/compare?a=${other.allowed}&b=${allowed}`, browser)).status).toBe(404)
})

test('nothing that still opens something is on the page', async () => {
  const run = aRun({ revokes: false })
  await lab.report(...run.exchanges)
  const [recorded] = await lab.runs(run.browser)
  const id = recorded?.id ?? ''
  const [a, b] = [
    await messageOf(run.browser, id, 'POST', '/token', 0),
    await messageOf(run.browser, id, 'POST', '/token', 1),
  ]
  for (const page of [await compare(run.browser, `${id}/${a}`, `${id}/${b}`), await compare(run.browser, id, id)]) {
    const live = [run.accessToken, run.newAccessToken, run.newRefreshToken, run.formField, run.browser, ...run.cookies]
    for (const value of live) expect(page).not.toContain(value)
  }
})
