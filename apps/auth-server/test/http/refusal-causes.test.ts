/** How much a refusal says about its cause: in production less than in demo mode; the log always has everything. */
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  addClient,
  authorizationUrl,
  authorizeForCode,
  consentPageOf,
  type FormFields,
  type JsonAnswer,
  REDIRECT_URI,
  redeem,
  refresh,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  const grantTypes = ['authorization_code' as const, 'refresh_token' as const]
  await addClient(server, { id: 'other', secret: 'other-secret', grantTypes })
  const redirectUris = ['https://app.example/callback', 'https://app.example/callback/v2', 'com.example.app:/cb']
  await addClient(server, { id: 'three-uris', redirectUris, name: 'Three' })
  await addClient(server, { id: 'native', redirectUris: ['http://127.0.0.1:3000/cb'], applicationType: 'native' })
})
afterAll(() => server.stop())
afterEach(() => jest.restoreAllMocks())

const OTHER = { client_id: 'other', client_secret: 'other-secret' }

/** Sends a request that is refused. @returns the response, and the cause in the log */
async function causeInLog(act: () => Promise<JsonAnswer>): Promise<{ answer: JsonAnswer; why: unknown }> {
  const warn = jest.spyOn(server.context.log, 'warn').mockImplementation(() => {})
  const answer = await act()
  expect(warn).toHaveBeenCalledTimes(1)
  const [line] = warn.mock.calls[0] as unknown as [{ why: unknown }]
  return { answer, why: line.why }
}

async function usedCode() {
  const code = await authorizeForCode(server)
  await redeem(server, code)
  return code
}

async function expiredCode() {
  const code = await authorizeForCode(server)
  server.advance(60)
  return code
}

async function withdrawnCode() {
  const browser = new TestBrowser()
  const consent = await consentPageOf(server, browser)
  const { location } = await browser.submit(consent, { decision: 'allow' })
  await browser.submit(await browser.get(`${server.url}/account`), {}, 'client_id')
  return location.searchParams.get('code') ?? ''
}

const CODE_CAUSES: [string, () => Promise<string>, FormFields][] = [
  ['code is unknown; send the whole code of the authorization response, decoded', async () => 'made-up', {}],
  ['code expired 0 seconds ago; redeem it as soon as it arrives', expiredCode, {}],
  ['code was used before; a code works once, even when its first use is refused', usedCode, {}],
  ['code was issued to another client', () => authorizeForCode(server), OTHER],
  ['the access that this code was issued for has been withdrawn', withdrawnCode, {}],
]

describe('a code that is refused with invalid_grant (RFC 6749 §5.2)', () => {
  test.each(CODE_CAUSES)('in demo mode, and in the log: %s', async (cause, codeOf, changes) => {
    const code = await codeOf()
    const { answer, why } = await causeInLog(() => redeem(server, code, changes))
    expect(answer.json).toEqual({ error: 'invalid_grant', error_description: cause })
    expect(why).toBe(cause)
  })

  test.each(CODE_CAUSES)('in production only in the log: %s', async (cause, codeOf, changes) => {
    const code = await codeOf()
    jest.replaceProperty(server.context.config, 'demo', false)
    const { answer, why } = await causeInLog(() => redeem(server, code, changes))
    expect(answer.json).toEqual({
      error: 'invalid_grant',
      error_description: 'code is unknown, expired, used before, or was issued to another client',
    })
    expect(why).toBe(cause)
  })

  test('a used code sent by another client does not end the tokens from it', async () => {
    const code = await authorizeForCode(server)
    const { json } = await redeem(server, code)
    await redeem(server, code, OTHER)
    expect((await refresh(server, json.refresh_token)).status).toBe(200)
  })
})

describe('a refresh token that is refused with invalid_grant (RFC 6749 §5.2)', () => {
  test.each<[string, () => Promise<string>, FormFields]>([
    ['refresh_token is unknown', async () => 'made-up', {}],
    ['refresh_token was issued to another client', async () => (await tokens(server)).refresh_token, OTHER],
  ])('%s: in production only in the log', async (cause, tokenOf, changes) => {
    const token = await tokenOf()
    const inDemo = await causeInLog(() => refresh(server, token, changes))
    expect([inDemo.answer.json.error_description, inDemo.why]).toEqual([cause, cause])
    jest.restoreAllMocks()
    jest.replaceProperty(server.context.config, 'demo', false)
    const { answer, why } = await causeInLog(() => refresh(server, token, changes))
    expect(answer.json.error_description).toBe('refresh_token is unknown or was issued to another client')
    expect(why).toBe(cause)
  })
})

test.each<[string, FormFields]>([
  ['no client has this client_id', { client_id: 'nobody' }],
  ['the client secret is wrong', { client_secret: 'wrong' }],
  ['this client has a secret, but sent none', { client_secret: undefined }],
  ['this client has no secret, but sent one', { client_id: 'native' }],
])('the cause of invalid_client is only in the log, not in the response: %s', async (cause, changes) => {
  const { answer, why } = await causeInLog(() => redeem(server, 'a-code', changes))
  expect(answer.json.error_description).toBe('client authentication failed: unknown client, or wrong or missing secret')
  expect(why).toBe(cause)
})

describe('a redirect_uri that is not registered (RFC 6749 §3.1.2.3)', () => {
  const pageFor = (client_id: string, redirect_uri: string) =>
    new TestBrowser().get(authorizationUrl(server, { client_id, redirect_uri }))

  /** The label and the marked text of each redirect URI shown. */
  const compared = (body: string) =>
    [...body.matchAll(/<dt>(\w+)<\/dt><dd><code>(.*?)<\/code><\/dd>/g)].map(([, label, text]) => [label, text])

  test.each([
    [
      'a character',
      'tripmate',
      'http://localhost:4000/Callback',
      [
        ['Received', 'http://localhost:4000/<mark>C</mark>allback'],
        ['Registered', 'http://localhost:4000/<mark>c</mark>allback'],
      ],
    ],
    [
      'an extra character at the end',
      'tripmate',
      `${REDIRECT_URI}/`,
      [
        ['Received', `${REDIRECT_URI}<mark>/</mark>`],
        ['Registered', `${REDIRECT_URI}<mark>&nbsp;</mark>`],
      ],
    ],
    [
      'missing characters at the end',
      'tripmate',
      'http://localhost:4000/call',
      [
        ['Received', 'http://localhost:4000/call<mark>&nbsp;</mark>'],
        ['Registered', 'http://localhost:4000/call<mark>b</mark>ack'],
      ],
    ],
    [
      'with several registered, the most similar one first',
      'three-uris',
      'https://app.example/callback/v3',
      [
        ['Received', 'https://app.example/callback/v<mark>3</mark>'],
        ['Registered', 'https://app.example/callback/v<mark>2</mark>'],
        ['Registered', 'https://app.example/callback<mark>&nbsp;</mark>'],
        ['Registered', '<mark>c</mark>om.example.app:/cb'],
      ],
    ],
    [
      'the path of a native app, but not its port, which can vary (RFC 8252 §7.3)',
      'native',
      'http://127.0.0.1:51004/other',
      [
        ['Received', 'http://127.0.0.1:51004/<mark>o</mark>ther'],
        ['Registered', 'http://127.0.0.1:3000/<mark>c</mark>b'],
      ],
    ],
    [
      'the port of a native app, if it is invalid',
      'native',
      'http://127.0.0.1:99999/cb',
      [
        ['Received', 'http://127.0.0.1:<mark>9</mark>9999/cb'],
        ['Registered', 'http://127.0.0.1:<mark>3</mark>000/cb'],
      ],
    ],
    [
      'HTML, a space and a direction override, encoded',
      'tripmate',
      `${REDIRECT_URI}?<b> \u202e"&`,
      [
        ['Received', `${REDIRECT_URI}<mark>?</mark>&lt;b&gt;%20%E2%80%AE&#34;&amp;`],
        ['Registered', `${REDIRECT_URI}<mark>&nbsp;</mark>`],
      ],
    ],
  ])(
    'in demo mode the page shows the received and registered URIs, and marks the difference: %s',
    async (_what, client, sent, shown) => {
      const page = await pageFor(client, sent)
      expect(page.status).toBe(400)
      expect(page.body).toContain('It must be identical, character by character')
      expect(compared(page.body)).toEqual(shown)
    },
  )

  test('in production the page shows only the received URI', async () => {
    jest.replaceProperty(server.context.config, 'demo', false)
    const page = await pageFor('three-uris', 'https://app.example/callback/v3')
    expect(compared(page.body)).toEqual([['Received', 'https://app.example/callback/v3']])
    expect(page.body).not.toContain('com.example.app')
  })

  test('a long URI is shortened', async () => {
    const page = await pageFor('tripmate', `https://app.example/${'x'.repeat(5000)}`)
    expect(compared(page.body)[0]?.[1]).toHaveLength(2000 + '…<mark></mark>'.length)
  })

  test('the log contains neither', async () => {
    const warn = jest.spyOn(server.context.log, 'warn').mockImplementation(() => {})
    await pageFor('tripmate', 'https://never-to-be-logged.example/')
    expect(JSON.stringify(warn.mock.calls)).not.toContain('never-to-be-logged')
  })
})
