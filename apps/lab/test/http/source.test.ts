import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { startLab, type TestLab } from '../start-lab'

const ROOT = join(__dirname, '../../../..')
const BEARER = 'apps/calendar-api/src/bearer-token.ts'

let lab: TestLab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

/** As it is: `fetch` would remove the dots from a path. */
function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(lab.url, { path, headers: { accept: 'text/html', ...headers } }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    sent.on('error', reject).end()
  })
}

/** What a reader sees of one line. */
function textOfLine(body: string, number: number): string {
  const html = new RegExp(`id="L${number}">.*?<code>(.*?)</code></div>`).exec(body)?.[1] ?? ''
  return unescapeHtml(html.replace(/<[^>]*>/g, ''))
}

function unescapeHtml(html: string): string {
  return html
    .replace(/&#x?([\da-f]+);/gi, (all, code) => String.fromCharCode(Number.parseInt(code, all[2] === 'x' ? 16 : 10)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

describe('a file', () => {
  test.each([
    BEARER,
    'packages/shared/public/glasshouse.css',
    'apps/auth-server/views/consent.ejs',
    'deploy/Dockerfile',
    '.gitignore',
  ])('is shown line by line, each with an address: %s', async path => {
    const { status, body } = await get(`/source/${path}`)
    expect(status).toBe(200)
    const lines = readFileSync(join(ROOT, path), 'utf8').split('\n').slice(0, -1)
    const shown = lines.map((_line, index) => textOfLine(body, index + 1))
    expect(shown).toEqual(lines.map(line => line || ' '))
    expect(body).toContain('href="#L1"')
    expect(body).not.toContain(`id="L${lines.length + 1}"`)
  })

  test('is coloured, and every section of an RFC in it is a link', async () => {
    const { body } = await get(`/source/${BEARER}`)
    expect(body).toContain('class="hljs-keyword"')
    expect(body).toContain('<a class="rfc" href="https://www.rfc-editor.org/rfc/rfc9068#section-2.2">RFC 9068 §2.2</a>')
  })

  test('shows its folders as links', async () => {
    const { body } = await get(`/source/${BEARER}`)
    for (const folder of ['apps', 'apps/calendar-api', 'apps/calendar-api/src']) {
      expect(body).toContain(`<a href="/source/${folder}">`)
    }
    expect(body).toContain('<a href="/source/apps/calendar-api/src/challenge.ts"')
  })
})

test.each(['/source', '/source/', '/source/apps', '/source/apps/'])('%s lists what is in the folder', async path => {
  const { status, body } = await get(path)
  expect(status).toBe(200)
  expect(body).toContain(path.includes('apps') ? 'href="/source/apps/auth-server"' : 'href="/source/package.json"')
  expect(body).not.toMatch(/href="\/source\/(?:[^"]*\/)?(?:node_modules|dist|\.git|\.env|\.data)["/]/)
})

describe('nothing else on the machine is shown:', () => {
  test.each([
    '/source/.env',
    '/source/.git/config',
    '/source/.data/lab.sqlite',
    '/source/node_modules/express/package.json',
    '/source/apps/lab/node_modules/express/package.json',
    '/source/apps/lab/dist/app.js',
    '/source/../../etc/passwd',
    '/source/..%2f..%2f..%2fetc%2fpasswd',
    '/source/%2e%2e/%2e%2e/etc/passwd',
    '/source/apps/../../../etc/passwd',
    '/source/..\\..\\etc\\passwd',
    '/source//etc/passwd',
    '/source/%2fetc%2fpasswd',
    '/source/README.md%00.ts',
    '/source/README.md/',
    '/source/readme.md/x',
    '/source/constructor',
    '/source/__proto__',
  ])('%s', async path => {
    const { status, body } = await get(path)
    expect(body).not.toMatch(/root:|BEGIN|"name": "express"/)
    // A slash at the end does no harm.
    expect(status).toBe(path === '/source/README.md/' ? 200 : 404)
  })

  test('an address that cannot be decoded', async () => {
    expect((await get('/source/%E0%A4%A')).status).toBe(400)
  })
})

describe('a document', () => {
  test('is shown as a page whose links stay inside', async () => {
    const { status, body } = await get('/source/docs/the-seven-steps.md')
    expect(status).toBe(200)
    expect(body).toContain('<a href="/source/apps/auth-server/src/endpoints/authorize.ts">')
    expect(body).toContain('<a href="/source/docs/decisions/stored-authorization-request.md">')
    expect(body).toMatch(/<h2 id="before-the-first-step">/)
    expect(body).toContain('href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1"')
    expect(body).toContain('/assets/source.js')
  })

  test('can be read as it is written', async () => {
    const { body } = await get('/source/docs/the-seven-steps.md?plain')
    expect(textOfLine(body, 1)).toBe('# The seven steps: a tour through the code')
  })

  test('of this repository leads to nothing that is not there', async () => {
    const documents = ['README.md', 'docs/the-seven-steps.md', 'docs/security.md', 'docs/operations.md']
    for (const document of documents) {
      const { body } = await get(`/source/${document}`)
      const links = [...body.matchAll(/href="(\/source\/[^"#?]*)/g)].map(([, link = '']) => link)
      for (const link of new Set(links)) expect([link, (await get(link)).status]).toEqual([link, 200])
    }
  })
})

describe('a line that holds a check', () => {
  const BROWSER = 'abcdefghijklmnopqrstuvwx'

  test('says what it is for, and that nobody has reached it yet', async () => {
    const { body } = await get(`/source/${BEARER}`)
    expect(body).toContain('It has not expired (exp).')
    expect(body).toContain('None of your messages has reached this check yet.')
  })

  test('leads back to the messages of this browser that reached it, and to nobody else’s', async () => {
    await lab.context.recorder.take([refusedAtTheApi(BROWSER)])
    const noteOf = (body: string, sentence: string) => body.slice(body.indexOf(sentence)).split('</details>', 1)[0]
    const { body } = await get(`/source/${BEARER}`, { cookie: `glasshouse.run=${BROWSER}` })
    const link = /<a href="\/runs\/[\w-]+\/messages\/00000000000000aa">GET \/calendar\/events<\/a> at \d\d:\d\d:\d\d/
    expect(noteOf(body, 'The signature is right')).toMatch(new RegExp(`${link.source} passed`))
    expect(noteOf(body, 'It has not expired (exp).')).toMatch(new RegExp(`${link.source} was refused here`))
    expect(noteOf(body, 'It was not revoked')).toContain('None of your messages')

    const other = await get(`/source/${BEARER}`, { cookie: 'glasshouse.run=zyxwvutsrqponmlkjihgfedc' })
    expect(other.body).not.toContain('/messages/00000000000000aa')
  })
})

function refusedAtTheApi(browser: string): ReportedExchange {
  return {
    service: 'calendar-api',
    end: 'server',
    id: '00000000000000aa',
    traceId: '000000000000000000000000000000aa',
    browser,
    startedAt: Date.now(),
    durationMs: 3,
    request: {
      method: 'GET',
      target: '/calendar/events',
      headers: [['authorization', 'Bearer abcdefghijkl']],
      bodyBytes: 0,
    },
    response: { status: 401, headers: [], bodyBytes: 0 },
    refusal: { refused: 'bearer.exp', why: 'The access token was rejected. It has expired.' },
  }
}
