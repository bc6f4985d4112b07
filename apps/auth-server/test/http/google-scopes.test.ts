/** Scopes by Google's names (docs/google.md): what a client asks for is what its token says, and what the user reads. */
import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { ALL_SCOPES, GOOGLE_SCOPES } from '../../src/protocol/scope'
import { send } from '../registration'
import {
  addClient,
  authorize,
  claimsOf,
  consentPageOf,
  postForm,
  REDIRECT_URI,
  redeem,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const [CALENDAR, READONLY, EVENTS, EVENTS_READONLY, FREEBUSY] = GOOGLE_SCOPES
const SECRET = 'a-secret-for-tests'
let server: TestAuthServer
let count = 0
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

/** A client that no user has allowed anything. */
async function newClient(scope: typeof ALL_SCOPES = ['calendar.read', 'calendar.write']): Promise<string> {
  const id = `google-${++count}`
  await addClient(server, { id, secret: SECRET, scope, grantTypes: ['authorization_code', 'refresh_token'] })
  return id
}

async function tokensOf(client_id: string, scope: string, decision: Record<string, string | string[]> = {}) {
  const request = { client_id, scope, prompt: 'consent' }
  const location = await authorize(server, request, new TestBrowser(), { decision: 'allow', ...decision })
  const code = location.searchParams.get('code')
  if (!code) throw new Error(`no code in ${location}`)
  return (await redeem(server, code, { client_id, client_secret: SECRET })).json
}

const isActive = async (client_id: string, token: string) =>
  (await postForm(server, '/introspect', { token, client_id, client_secret: SECRET })).json.active

test.each([...GOOGLE_SCOPES, `calendar.read ${EVENTS}`])('the token says what was asked for: %s', async scope => {
  const tokens = await tokensOf(await newClient(), scope)
  expect(tokens.scope).toBe(scope)
  expect(claimsOf(tokens.access_token).claims.scope).toBe(scope)
})

test('each has a checkbox, with what it means in the words of our own scopes', async () => {
  const page = await consentPageOf(server, new TestBrowser(), {
    client_id: await newClient(),
    scope: ALL_SCOPES.join(' '),
  })
  expect(readForms(page)[0]?.fields.scope).toEqual([...ALL_SCOPES])
  const titles = [...page.body.matchAll(/class="scope-title">([^<]+)</g)].map(([, title]) => title)
  expect(titles).toEqual([
    'See your calendar',
    'Add and change events',
    'See and change your calendar',
    'See your calendar',
    'See, add and change events',
    'See your events',
    'See when you are busy',
  ])
})

test('the user may grant some of them, and the token response says which (RFC 6749 §5.1)', async () => {
  const tokens = await tokensOf(await newClient(), `${EVENTS} ${FREEBUSY}`, { scope: FREEBUSY })
  expect(tokens.scope).toBe(FREEBUSY)
})

describe('a client may ask for what its registered scope allows, by either name', () => {
  test.each([
    [['calendar.read'], READONLY, true],
    [['calendar.read'], FREEBUSY, true],
    [['calendar.read'], `${EVENTS_READONLY} calendar.read`, true],
    [['calendar.read'], EVENTS, false],
    [['calendar.read'], CALENDAR, false],
    [[CALENDAR], 'calendar.read calendar.write', true],
    [[READONLY], 'calendar.read', true],
    [[EVENTS], 'calendar.read', false],
    [[EVENTS], EVENTS_READONLY, true],
    [[FREEBUSY], EVENTS_READONLY, false],
    [['calendar.read', 'calendar.write'], `${CALENDAR}.acls`, false],
    [['calendar.read', 'calendar.write'], 'https://www.googleapis.com/auth/drive', false],
  ] as [typeof ALL_SCOPES, string, boolean][])(
    'registered for %j, asking for %s: %s',
    async (scope, asked, isAllowed) => {
      const { searchParams } = await authorize(server, { client_id: await newClient(scope), scope: asked })
      expect([searchParams.has('code'), searchParams.get('error')]).toEqual([
        isAllowed,
        isAllowed ? null : 'invalid_scope',
      ])
    },
  )

  test('and register them by Google’s names', async () => {
    const metadata = { redirect_uris: [REDIRECT_URI], scope: `${FREEBUSY} unknown ${EVENTS}` }
    const { status, json } = await send('POST', `${server.url}/register`, metadata)
    expect([status, json.scope]).toEqual([201, `${EVENTS} ${FREEBUSY}`])
  })
})

describe('what the user has allowed', () => {
  const asks = async (client_id: string, browser: TestBrowser, scope: string) => {
    const page = await consentPageOf(server, browser, { client_id, scope, prompt: undefined })
    return page.url.includes('/consent')
  }

  test('under one name is not asked again under another, unless it is more', async () => {
    const [client_id, browser] = [await newClient(), new TestBrowser()]
    await authorize(server, { client_id, scope: 'calendar.read' }, browser)
    expect(await asks(client_id, browser, READONLY)).toBe(false)
    expect(await asks(client_id, browser, `${EVENTS_READONLY} ${FREEBUSY}`)).toBe(false)
    expect(await asks(client_id, browser, EVENTS)).toBe(true)
    await authorize(server, { client_id, scope: EVENTS }, browser)
    expect(await asks(client_id, browser, 'calendar.write')).toBe(true)
  })

  test('and then denies under another name is over, and so are its tokens', async () => {
    const client_id = await newClient()
    const before = await tokensOf(client_id, 'calendar.read')
    const other = await tokensOf(client_id, 'calendar.write')
    expect(await isActive(client_id, before.access_token)).toBe(true)
    await tokensOf(client_id, `${READONLY} ${FREEBUSY}`, { scope: FREEBUSY })
    expect(await isActive(client_id, before.access_token)).toBe(false)
    expect(await isActive(client_id, other.access_token)).toBe(true)
  })

  test('can be narrowed to another name when the token is refreshed (RFC 6749 §6)', async () => {
    const client_id = await newClient()
    const { refresh_token } = await tokensOf(client_id, 'calendar.read')
    const client = { client_id, client_secret: SECRET, grant_type: 'refresh_token' }
    const more = await postForm(server, '/token', { ...client, refresh_token, scope: EVENTS })
    expect(more.json.error).toBe('invalid_scope')
    const { json } = await postForm(server, '/token', { ...client, refresh_token, scope: EVENTS_READONLY })
    expect(json.scope).toBe(EVENTS_READONLY)
  })
})

test('the metadata names our own, which allow everything', async () => {
  const { json } = await send('GET', `${server.url}/.well-known/oauth-authorization-server`)
  expect(json.scopes_supported).toEqual(['calendar.read', 'calendar.write'])
})
