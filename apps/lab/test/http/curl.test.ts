import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestFolder } from '@glasshouse/shared/testing/test-folder'
import { exchange, form, json, type Lab, newBrowser, secret, startLab } from '../support'
import { aRun } from '../support/a-run'

let lab: Lab
let folder: string
beforeAll(async () => {
  lab = await startLab()
  folder = createTestFolder('glasshouse-curl-')
  // Stands in for curl, and prints what the shell hands to it, one word in a line.
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/curl'), '#!/bin/sh\nprintf "%s\\n" "$@"\n')
  chmodSync(join(folder, 'bin/curl'), 0o755)
  writeFileSync(join(folder, '.env'), 'SESSION_SECRET=other\nTRIPMATE_CLIENT_SECRET=the-secret\n')
})
afterAll(async () => {
  await lab.stop()
  rmSync(folder, { recursive: true })
})

/** The panel's command and remarks. */
async function copied(browser: string, request: string): Promise<{ command: string; remarks: string; panel: string }> {
  const [run] = await lab.runs(browser)
  const { log } = await lab.har(run?.id ?? '', browser)
  const [method, path] = request.split(' ')
  const isWanted = ({ request }: { request: { method: string; url: string } }) =>
    request.method === method && new URL(request.url).pathname === path
  const entry = log.entries.findLast(isWanted)
  const { body } = await lab.get(`/runs/${run?.id}/messages/${entry._id}?part=panel`, browser)
  const [, command = ''] = /data-copy="the request as curl"[^>]*><code>([\s\S]*?)<\/code>/.exec(body) ?? []
  const [, remarks = ''] = /<ul class="take-remarks">([\s\S]*?)<\/ul>/.exec(body) ?? []
  return { command: unescapeHtml(command), remarks: unescapeHtml(remarks), panel: body }
}

function unescapeHtml(html: string): string {
  return html
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** The words that curl gets when the command is pasted. */
function paste(command: string, env: Record<string, string> = {}): string[] {
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`
  return execFileSync('sh', { input: command, cwd: folder, env: { PATH, ...env }, encoding: 'utf8' })
    .trimEnd()
    .split('\n')
}

test('the token request: one line for each field, and the client secret from .env', async () => {
  const run = aRun({ revokes: false })
  await lab.report(...run.exchanges.filter(({ request }) => !request.body?.includes('refresh_token')))
  const { command, remarks } = await copied(run.browser, 'POST /token')
  expect(command).toMatch(/^export "\$\(grep '\^TRIPMATE_CLIENT_SECRET=' \.env\)"\n/)
  expect(paste(command)).toEqual([
    '-i',
    'http://localhost:4001/token',
    '-H',
    'Accept: application/json',
    '--data-raw',
    'grant_type=authorization_code',
    '--data-raw',
    `code=${run.code}`,
    '--data-raw',
    'redirect_uri=http%3A%2F%2Flocalhost%3A4000%2Fcallback',
    '--data-raw',
    'client_id=tripmate',
    '--data-urlencode',
    'client_secret=the-secret',
    '--data-raw',
    `code_verifier=${run.verifier}`,
  ])
  expect(remarks).toContain('The client secret is never recorded.')
  expect(remarks).toContain('This code has been used.')
})

test('a token that still opens something is a variable, with a remark', async () => {
  const run = aRun({ revokes: false })
  await lab.report(...run.exchanges)
  const { command, remarks } = await copied(run.browser, 'POST /calendar/events')
  expect(command).toContain('-H "Authorization: Bearer $ACCESS_TOKEN"')
  expect(command).not.toContain(run.accessToken.split('.')[2])
  expect(remarks).toContain('set ACCESS_TOKEN to one of your own')
  expect(paste(command, { ACCESS_TOKEN: 'mine' })).toEqual([
    '-i',
    'http://localhost:4002/calendar/events',
    '-H',
    'Accept: application/json',
    '-H',
    'Authorization: Bearer mine',
    '-H',
    'Content-Type: application/json',
    '--data-raw',
    '{"summary":"Museum; it’s \\"free\\" $today","start":{"date":"2027-03-11"},"end":{"date":"2027-03-12"}}',
  ])
})

test('the front channel: the address to open, and no cookie', async () => {
  const run = aRun()
  await lab.report(...run.exchanges)
  const { command, remarks, panel } = await copied(run.browser, 'GET /callback')
  expect(panel).toContain(`<a href="http://localhost:4000/callback?code=${run.code}&amp;state=${run.state}`)
  expect(command).not.toMatch(/cookie/i)
  expect(remarks).toContain('Your browser’s cookies are left out')
})

test('a form of a page says what is missing: the password, the hidden field and the cookies', async () => {
  const run = aRun()
  await lab.report(...run.exchanges)
  const { command, remarks } = await copied(run.browser, 'POST /login')
  expect(paste(command, { PASSWORD: 'p&ss', FORM_FIELD: 'f' })).toEqual(
    expect.arrayContaining(['_csrf=f', 'username=alice', 'password=p&ss']),
  )
  expect(remarks).toContain('The password is never recorded.')
  expect(remarks).toContain('no other site can send this form in your name')
})

test('Basic authentication, another method, an odd URL and a value that has to be encoded', async () => {
  const browser = newBrowser()
  const state = `a+b&c'd ${secret()}`
  await lab.report(
    exchange({
      browser,
      request: {
        method: 'PUT',
        target: `/consent/[1-3]?state=${encodeURIComponent(state)}`,
        ...json({ name: 'it\u0085s' }),
      },
    }),
    exchange({
      browser,
      service: 'client-app',
      request: { target: `/callback?${new URLSearchParams({ code: secret(), state })}` },
      response: { status: 303 },
    }),
    exchange({
      browser,
      request: {
        method: 'POST',
        target: '/introspect',
        ...form({ token: 'abc' }),
        headers: [
          ['authorization', 'Basic somebody:(never-recorded)'],
          ['content-type', 'application/x-www-form-urlencoded'],
          ['accept', '*/*'],
          ['traceparent', '00-1-2-01'],
        ],
      },
    }),
  )
  const put = await copied(browser, 'PUT /consent/[1-3]')
  expect(paste(put.command)).toEqual([
    '-i',
    '-X',
    'PUT',
    '-g',
    `http://localhost:4001/consent/[1-3]?state=${encodeURIComponent(state)}`,
    '-H',
    'Content-Type: application/json',
    '--data-raw',
    '{"name":"it\\u0085s"}',
  ])
  const { command } = await copied(browser, 'POST /introspect')
  expect(paste(command, { CLIENT_SECRET: 's' })).toEqual([
    '-i',
    'http://localhost:4001/introspect',
    '-u',
    'somebody:s',
    '--data-raw',
    'token=abc',
  ])
})
