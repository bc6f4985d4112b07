import { type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { PRESETS } from '../../src/bench/presets'
import { idOf } from '../../src/capture/value-vault'
import { type Connected, connectedRun, startLab, storedText, type TestLab } from '../connected-run'

let lab: TestLab
let learner: Connected
beforeAll(async () => {
  lab = await startLab()
})
beforeEach(async () => {
  lab.reset()
  learner = await connectedRun(lab)
  lab.received.length = 0
})
afterAll(() => lab.stop())

const address = () => `${lab.url}/bench/${learner.valueId}`
const open = (browser = learner.browser) => browser.get(address())

interface Fields {
  header?: object | string
  claims?: object | string
  action?: string
  preset?: string
  url?: string
}

/** Sends the form of the bench; what is not given stays as it was issued. */
function post({ header = parts().header, claims = parts().claims, ...more }: Fields, headers = { Origin: lab.url }) {
  const text = (value: object | string) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  return learner.browser.post(address(), { header: text(header), claims: text(claims), ...more }, headers)
}

function parts(token = learner.accessToken) {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: decode(header), claims: decode(claims), signature }
}

/** What the calendar was shown. */
function sent(): string[] {
  const calls = lab.received.filter(({ service, path }) => service === 'calendar' && path !== '/demo/lights')
  return calls.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))
}

function verdict({ body }: Page): string {
  return /data-verdict-title>([^<]*)/.exec(body)?.[1] ?? ''
}

describe('reading', () => {
  test('header and claims are in words, and the signature fits the key that Accounts publishes', async () => {
    const page = await open()
    expect(page.status).toBe(200)
    expect(page.body).toContain('Alice Liddell')
    expect(page.body).toMatch(/in (59|60) minutes|in 1 hour/)
    expect(page.body).toContain('Which API it is for.')
    expect(verdict(page)).toBe('The signature fits')
  })

  test('a working token’s signature is on no page but for its end', async () => {
    const { signature } = parts()
    for (const page of [await open(), await post({ action: 'check' }), await post({ preset: 'sub' })]) {
      expect(page.body).not.toContain(signature)
      expect(page.body).toContain(`…${signature.slice(-6)}`)
      expect(page.body).not.toContain('data-for-script')
    }
  })

  test('a dead token is shown whole, with the key for the page’s own check', async () => {
    await lab.context.values.spendTokens(parts().claims.jti, 'revoked')
    const page = await open()
    expect(page.body).toContain(parts().signature)
    expect(page.body).toContain('data-for-script')
    expect(page.body).toContain('this token is dead (revoked)')
    expect(verdict(page)).toBe('The signature fits')
  })

  test('an expired token is dead too', async () => {
    lab.advance(2 * 3600)
    expect((await open()).body).toContain(parts().signature)
  })

  test('only a browser in whose own run the token stands can open it', async () => {
    const other = await connectedRun(lab)
    expect((await open(other.browser)).status).toBe(404)
    expect((await open(new TestBrowser())).status).toBe(404)
    const answer = await other.browser.post(
      address(),
      { action: 'send', header: '{}', claims: '{}' },
      { Origin: lab.url },
    )
    expect(answer.status).toBe(404)
    expect(sent()).toEqual([])
  })

  test.each(['nonsense', 'AAAAAAAAAAAAAAAA', '..%2fx', '%25'])('%s is no token', async id => {
    expect((await learner.browser.get(`${lab.url}/bench/${id}`)).status).toBe(404)
  })

  test('a refresh token cannot be put on the bench', async () => {
    const id = (
      await lab.context.db.selectFrom('secret_values').select('id').where('kind', '=', 'refresh_token').execute()
    )[0]?.id
    expect((await learner.browser.get(`${lab.url}/bench/${id}`)).status).toBe(404)
  })

  test('without the published keys, nothing is said of the signature', async () => {
    lab.context.config.addresses.authServerUrl = 'http://localhost:1'
    expect(verdict(await open())).toBe('It cannot be checked now')
  })
})

describe('changing', () => {
  test('a changed claim is marked, and the signature no longer fits', async () => {
    const page = await post({ claims: { ...parts().claims, scope: 'calendar.read calendar.write' }, action: 'check' })
    expect(page.body).toMatch(/data-member="claims.scope" class="bench-changed"/)
    expect(page.body).not.toMatch(/data-member="claims.sub" class="bench-changed"/)
    expect(verdict(page)).toBe('The signature does not fit')
    expect(sent()).toEqual([])
  })

  test('spaces between the members change nothing', async () => {
    expect(verdict(await post({ claims: `\r\n ${JSON.stringify(parts().claims)} `, action: 'check' }))).toBe(
      'The signature fits',
    )
  })

  test.each([
    ['scope', 'claims', { scope: 'calendar.read calendar.write' }, 'The signature does not fit'],
    ['sub', 'claims', { sub: 'usr_9d04e7' }, 'The signature does not fit'],
    ['none', 'header', { alg: 'none' }, 'There is no signature to check'],
  ])('the button %s changes the %s', async (preset, part, change, says) => {
    const page = await post({ preset })
    const draft = new RegExp(`<textarea id="${part}"[^>]*>([^<]*)`).exec(page.body)?.[1]?.replaceAll('&#34;', '"')
    expect(JSON.parse(draft ?? '')).toMatchObject(change)
    expect(verdict(page)).toBe(says)
  })

  test('a token with every scope has no button for another one: there is none that exists', async () => {
    const page = await post({ claims: { ...parts().claims, scope: 'calendar.read' } })
    expect(page.body).toMatch(/value="scope"[^>]*aria-describedby="gain-scope">Give it more rights/)
    for (const { name, unavailable, change } of PRESETS) {
      const claims = { scope: 'calendar.read calendar.write' }
      expect(unavailable?.(claims) !== undefined).toBe(name === 'scope')
      if (name === 'scope') expect(change({ header: {}, claims }).claims).toEqual(claims)
    }
  })

  test('the button exp adds a year', async () => {
    expect((await post({ preset: 'exp' })).body).toContain(String(parts().claims.exp + 365 * 24 * 60 * 60))
  })

  test('another key’s name is not a key', async () => {
    const page = await post({ header: { ...parts().header, kid: 'mine' }, action: 'check' })
    expect(page.body).toContain('The header names a key that Accounts does not publish.')
  })

  test.each(['{', '[]', 'null', '"x"', ''])(
    'claims that are no JSON object are marked, and not sent: %s',
    async claims => {
      const page = await post({ claims, action: 'send' })
      expect(page.status).toBe(400)
      expect(page.body).toMatch(/id="claims"[^>]*aria-invalid="true"/)
      expect(sent()).toEqual([])
    },
  )
})

describe('sending', () => {
  test('the token as it was issued is sent whole, in the trace of the run', async () => {
    lab.calendarAnswer = (_request, response) => void response.json({ items: [{ summary: 'Breakfast' }] })
    const page = await post({ action: 'send' })
    expect(sent()).toEqual([learner.accessToken])
    const call = lab.received.find(({ service }) => service === 'calendar')
    expect([call?.method, call?.path, call?.headers['user-agent']]).toEqual([
      'GET',
      '/calendar/events',
      'Glasshouse-Lab',
    ])
    expect(call?.headers.traceparent).toContain(learner.traceId)
    expect(page.body).toContain('200 OK: it was let in')
    expect(page.body).toContain('Breakfast')
  })

  test('a changed token is sent with the signature of the one it was', async () => {
    const claims = { ...parts().claims, sub: 'usr_9d04e7' }
    await post({ claims, action: 'send' })
    const [token = ''] = sent()
    expect(parts(token)).toEqual({ header: parts().header, claims, signature: parts().signature })
    // It is known as a value that stays masked, not as a token that Accounts issued.
    expect(lab.context.values.get(idOf(token))).toMatchObject({ kind: 'unknown', claims: null, plain: null })
    expect((await learner.browser.get(`${lab.url}/bench/${idOf(token)}`)).status).toBe(404)
  })

  test('without an algorithm it is sent without a signature', async () => {
    await post({ header: { ...parts().header, alg: 'none' }, action: 'send' })
    expect(sent()[0]).toMatch(/^[\w-]+\.[\w-]+\.$/)
  })

  test('the calendar’s answer is shown: status, challenge, reason, and the start of the body', async () => {
    lab.calendarAnswer = (_request, response) =>
      void response
        .status(401)
        .set('WWW-Authenticate', 'Bearer error="invalid_token", error_description="It <b>was</b> refused."')
        .send('x'.repeat(5_000))
    const { body } = await post({ claims: { ...parts().claims, sub: 'x' }, action: 'send' })
    expect(body).toContain('401 Unauthorized: it was refused')
    expect(body).toContain('It &lt;b&gt;was&lt;/b&gt; refused.')
    expect(body).toContain('and so on')
    expect(body).toMatch(/\/source\/apps\/calendar-api\/src\/bearer-token\.ts#L\d+">The check <code>bearer\.signature/)
    expect(body).toMatch(new RegExp(`/runs/${learner.runId}/messages/[\\da-f]{16}`))
    expect(body).not.toContain('x'.repeat(1_500))
  })

  test('a changed copy of a working token is stored nowhere as it is, whatever its claims say', async () => {
    const claims = { ...parts().claims, exp: 1 }
    await post({ claims, action: 'send' })
    const stored = await storedText(lab)
    expect(stored).toContain('maxResults')
    expect(stored).not.toContain(parts().signature)
    const har = await learner.browser.get(`${lab.url}/runs/${learner.runId}.har`)
    expect(har.body).not.toContain(parts().signature)
  })

  test('only the calendar is called, whatever the form says', async () => {
    await post({ action: 'send', url: 'http://localhost:1/' })
    expect(lab.received.filter(({ path }) => path !== '/jwks').map(({ service }) => service)).toEqual(['calendar'])
  })

  test('a form of another origin is refused, and nothing is sent', async () => {
    expect((await post({ action: 'send' }, { Origin: lab.services.tripmate })).status).toBe(403)
    expect((await learner.browser.post(address(), { action: 'send' })).status).toBe(403)
    expect(sent()).toEqual([])
  })

  test('after 30 tokens in a minute, the next has to wait', async () => {
    for (let i = 0; i < 30; i++) expect((await post({ action: 'send' })).status).toBe(200)
    expect((await post({ action: 'send' })).status).toBe(429)
    expect(sent()).toHaveLength(30)
    lab.advance(61)
    expect((await post({ action: 'send' })).status).toBe(200)
  }, 90_000)

  test('a form larger than 16 kB is refused', async () => {
    expect((await post({ claims: `"${'x'.repeat(20_000)}"`, action: 'send' })).status).toBe(413)
  })

  test('a calendar that does not answer leaves a page that says so', async () => {
    lab.context.config.addresses.calendarApiUrl = 'http://localhost:1'
    const page = await post({ action: 'send' })
    expect(page.status).toBe(502)
    expect(page.body).toContain('The calendar does not answer')
  })
})

test('a token that the Lab holds no longer can be read, but neither checked nor sent', async () => {
  const { db } = lab.context
  await db.updateTable('secret_values').set({ sealed: null }).execute()
  Object.assign(lab.context.values.get(learner.valueId) ?? {}, { sealed: null })
  const page = await open()
  expect(page.body).toContain('Alice Liddell')
  expect(verdict(page)).toBe('It cannot be checked here')
  expect(page.body).not.toContain('Send it anyway')
  await post({ action: 'send' })
  expect(sent()).toEqual([])
})
