import { execFileSync } from 'node:child_process'
import { createTestFolder } from '@glasshouse/shared/testing/test-folder'
import { faultsInHar } from '../har-1-2'
import { exchange, form, json, type Lab, newBrowser, startLab } from '../support'
import { aRun, type WholeRun } from '../support/a-run'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

async function record(run: WholeRun): Promise<string> {
  await lab.report(...run.exchanges)
  const [newest] = await lab.runs(run.browser)
  return newest?.id ?? ''
}

const read = async (path: string, browser: string) => {
  const { status, body } = await lab.get(path, browser)
  expect(status).toBe(200)
  return body
}

// The `mermaid` package weighs 180 MB with what it needs, so the rules of its grammar for sequence diagrams stand here:
// a statement ends with its line or with a semicolon, `#` begins a comment unless it is an entity (`#59;`), and `%%` begins one
// everywhere. The parser itself (version 12.3) accepts what is tested here.
describe('Mermaid', () => {
  test('the diagram has the four lifelines, then messages and notes, and every line is one of Mermaid’s', async () => {
    const run = aRun()
    const lines = (await read(`/runs/${await record(run)}.mmd`, run.browser)).trimEnd().split('\n')
    const [first, second, type, ...rest] = lines
    expect([first, second]).toEqual([expect.stringMatching(/^%% /), expect.stringMatching(/^%% /)])
    expect(type).toBe('sequenceDiagram')
    expect(rest.slice(0, 4)).toEqual([
      '  participant browser as You (your browser)',
      '  participant tripmate as Tripmate (client)',
      '  participant accounts as Accounts (authorization server)',
      '  participant calendar as Calendar (resource server)',
    ])
    const party = '(?:browser|tripmate|accounts|calendar)'
    const label = String.raw`(?:[^#;<>%{}"\\]|#\d+;)+`
    const line = new RegExp(
      `^  (?:${party}(?:-->>|->>)${party}: \\d+ ${label}|Note over browser,calendar: ${label})$`,
      'u',
    )
    for (const one of rest.slice(4)) expect(one).toMatch(line)
  })

  test('the front channel is dashed, the back channel solid, and a call stands within what caused it', async () => {
    const run = aRun()
    const diagram = await read(`/runs/${await record(run)}.mmd`, run.browser)
    const arrows = diagram.split('\n').filter(line => line.includes('>>'))
    const callback = arrows.findIndex(line => line.includes('GET /callback'))
    expect(arrows.slice(callback, callback + 4)).toEqual([
      '  browser-->>tripmate: 7 GET /callback - The answer comes back',
      '  tripmate->>accounts: 8 POST /token - The code is exchanged for a token',
      '  accounts->>tripmate: 8 200',
      '  tripmate-->>browser: 7 303 go to /',
    ])
    const notes = diagram.match(/Note over .*: Step (\d)/g)?.map(note => note.at(-1))
    expect(notes).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  })

  test('a path cannot end its line or begin a command of Mermaid', async () => {
    const browser = newBrowser()
    await lab.report(exchange({ browser, request: { target: '/consent/a;%%{init}<br>"' } }))
    const [run] = await lab.runs(browser)
    const diagram = await read(`/runs/${run?.id}.mmd`, browser)
    expect(diagram).toContain('GET /consent/a#59;#37;#37;#123;init#125;#60;br#62;#34; - ')
  })
})

describe('the shell script', () => {
  test('a shell accepts it', async () => {
    const run = aRun()
    const script = await read(`/runs/${await record(run)}.sh`, run.browser)
    expect(script).toMatch(/^#!\/bin\/sh\n/)
    execFileSync('sh', ['-n'], { input: script })
  })

  test('it sends the back channel’s requests in order, and names those of the front channel in comments', async () => {
    const run = aRun()
    const script = await read(`/runs/${await record(run)}.sh`, run.browser)
    const sent = [...script.matchAll(/^send (?:-X \w+ )?'([^']*)'/gm)].map(([, url]) => new URL(url ?? '').pathname)
    expect(sent).toEqual(['/token', '/calendar/events', '/calendar/events', '/token', '/revoke'])
    expect(script).toMatch(/^# 2 Front channel, through the browser: Your browser to Accounts, GET \/authorize/m)
  })

  test('a token that an answer brings is used by the next requests', async () => {
    const run = aRun({ revokes: false })
    const script = await read(`/runs/${await record(run)}.sh`, run.browser)
    const got = script.indexOf('ACCESS_TOKEN=$(from_answer access_token "$ACCESS_TOKEN")')
    expect(got).toBeGreaterThan(script.indexOf("--data-raw 'grant_type=authorization_code'"))
    expect(script.indexOf('-H "Authorization: Bearer $ACCESS_TOKEN"')).toBeGreaterThan(got)
    expect(script).toContain('--data-urlencode "refresh_token=$REFRESH_TOKEN"')
  })

  test('it reads the client secret from .env, and stops with a reason where there is none', async () => {
    const run = aRun()
    const script = await read(`/runs/${await record(run)}.sh`, run.browser)
    const cwd = createTestFolder('glasshouse-')
    const start = () => execFileSync('sh', { input: script, cwd, env: { PATH: process.env.PATH }, stdio: 'pipe' })
    expect(start).toThrow(/TRIPMATE_CLIENT_SECRET: is not set, and there is no file .env here/)
  })
})

describe('one page', () => {
  test('it loads nothing: no script, no link to a file, and a policy that says so', async () => {
    const run = aRun()
    const { body, headers } = await lab.get(`/runs/${await record(run)}.html`, run.browser)
    expect(body).not.toMatch(/<(?:script|link|img|iframe|object|embed|form)\b/i)
    expect(body).not.toMatch(/\ssrc=|@import|url\(/i)
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(body) ?? []
    expect(policy).toMatch(/^default-src &#39;none&#39;; style-src &#39;sha256-[\w+/=]+&#39;;/)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+';/)
  })

  test('it has every message with its meaning, its reason and both halves, and no id twice', async () => {
    const run = aRun()
    const html = await read(`/runs/${await record(run)}.html`, run.browser)
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    const articles = html.split('<article').slice(1)
    expect(articles).toHaveLength(16)
    for (const article of articles) {
      for (const part of ['Why?', 'And a thief?', 'What was sent', 'What came back']) expect(article).toContain(part)
    }
    expect(html).toContain('Who has seen what')
  })

  test('links lead to places in the file, or to the Lab by its whole address', async () => {
    const run = aRun()
    const html = await read(`/runs/${await record(run)}.html`, run.browser)
    const places = [...html.matchAll(/\shref="#([^"]*)"/g)].map(([, id]) => id)
    expect(places.length).toBeGreaterThan(16)
    for (const place of places) expect(html).toContain(` id="${place}"`)
    const others = [...html.matchAll(/\shref="([^#"][^"]*)"/g)].map(([, href]) => href)
    for (const href of others) expect(href).toMatch(/^https?:\/\//)
  })
})

describe('HAR', () => {
  test('a run is HAR 1.2 and nothing else, also a request without an answer or with a body that was cut', async () => {
    const run = aRun()
    const { response: _, ...lost } = exchange({
      browser: run.browser,
      request: { method: 'POST', ...form({ a: 'b' }) },
    })
    const cut = exchange({ browser: run.browser, response: { ...json([]), cut: true } })
    await lab.report(...run.exchanges, lost, cut)
    const [newest] = await lab.runs(run.browser)
    const har = await lab.har(newest?.id ?? '', run.browser)
    expect(har.log.entries).toHaveLength(18)
    expect(faultsInHar(har)).toEqual([])
  })

  test('what breaks the format would be found', () => {
    expect(
      faultsInHar({ log: { version: '1.2', entries: [{ time: '1' }], creator: { name: 'x', version: '1' } } }),
    ).toEqual(
      expect.arrayContaining([
        'har.log.entries[0].startedDateTime is missing',
        'har.log.entries[0].time is not a number',
      ]),
    )
    expect(faultsInHar({ log: {}, extra: 1, _own: 1 })).toContain('har.extra is not a member of HAR 1.2')
  })

  test('every entry says what HAR does not know, and the times add up', async () => {
    const run = aRun()
    const { log } = await lab.har(await record(run), run.browser)
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'Glasshouse Lab' } })
    for (const entry of log.entries) {
      const { send, wait, receive } = entry.timings
      expect(send + wait + receive).toBeCloseTo(entry.time)
      expect(entry).toMatchObject({ _number: expect.any(Number), _checks: expect.any(Array) })
      expect(entry).toHaveProperty('_step')
      expect(entry.request.url).toMatch(/^http:\/\/localhost:400[012]\//)
      // §postData: text and params are mutually exclusive.
      if (entry.request.postData) expect(Object.keys(entry.request.postData).sort()).toEqual(['mimeType', 'text'])
    }
  })

  test('a target that begins with two slashes names no other host', async () => {
    const browser = newBrowser()
    await lab.report(exchange({ browser, request: { target: '//elsewhere.example/login' } }))
    const [run] = await lab.runs(browser)
    const { log } = await lab.har(run?.id ?? '', browser)
    expect(log.entries[0].request.url).toBe('http://localhost:4001//elsewhere.example/login')
  })
})

const EXPORTS = ['.har', '.mmd', '.sh', '.html', '/whole']

test.each(EXPORTS)('nothing that still opens something is in %s', async path => {
  const run = aRun({ revokes: false })
  const text = await read(`/runs/${await record(run)}${path}`, run.browser)
  const live = [run.newAccessToken, run.newRefreshToken, run.accessToken, run.formField, ...run.cookies, run.browser]
  for (const value of live) expect(text).not.toContain(value)
  expect(text).not.toContain(run.newAccessToken.split('.').at(-1))
})

test.each(['.har', '.sh', '.html', '/whole'])('what is spent is in %s in full', async path => {
  const run = aRun({ revokes: false })
  const text = await read(`/runs/${await record(run)}${path}`, run.browser)
  for (const value of [run.code, run.verifier, run.refreshToken]) expect(text).toContain(value)
})

test.each(EXPORTS)('%s of another browser’s run does not exist', async path => {
  const run = aRun()
  const id = await record(run)
  expect((await lab.get(`/runs/${id}${path}`, newBrowser())).status).toBe(404)
  expect((await lab.get(`/runs/${id}${path}`)).status).toBe(404)
})

test('the run’s page offers all four', async () => {
  const run = aRun()
  const id = await record(run)
  const page = await read(`/runs/${id}`, run.browser)
  for (const extension of ['html', 'sh', 'mmd', 'har']) {
    expect(page).toContain(`href="/runs/${id}.${extension}" download="glasshouse-run-2027-03-10-0920.${extension}"`)
  }
})
