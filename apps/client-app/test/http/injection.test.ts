import { createHash } from 'node:crypto'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { hashState } from '../../src/oauth/authorization-request'
import * as attempts from '../../src/store/authorization-attempts'
import { connect, startConnecting, startTripmate, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

const connections = () => tripmate.context.db.selectFrom('connections').selectAll().execute()
const attempted = () => tripmate.context.db.selectFrom('authorization_attempts').selectAll().execute()

describe('a code that was issued to another browser (RFC 9700 §4.5)', () => {
  it('is refused despite the right state and issuer: the verifier does not match, and nothing is stored', async () => {
    const stolen = tripmate.accounts.allow(await startConnecting(tripmate, new TestBrowser())).searchParams.get('code')
    const attacker = new TestBrowser()
    const url = await startConnecting(tripmate, attacker)
    const parameters = { code: stolen ?? '', iss: tripmate.accounts.url }
    const page = await attacker.get(tripmate.accounts.answer(url, parameters))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('invalid_grant')
    const [sent] = tripmate.accounts.tokenRequests
    expect(sent?.code).toBe(stolen)
    // The verifier sent belongs to this browser's request; the stolen code was issued for another challenge.
    const challenge = createHash('sha256')
      .update(sent?.code_verifier ?? '')
      .digest('base64url')
    expect(challenge).toBe(url.searchParams.get('code_challenge'))
    expect(await connections()).toEqual([])
  })
})

describe('an access token in the authorization response (RFC 9700 §4.6)', () => {
  const INJECTED = { access_token: 'of-another-app', token_type: 'Bearer', expires_in: '3600' }

  it('is not accepted, even with the right state and issuer', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    const page = await browser.get(tripmate.accounts.answer(url, { ...INJECTED, iss: tripmate.accounts.url }))
    expect(page.status).toBe(400)
    expect(await connections()).toEqual([])
  })

  it('is not used when it comes with a code', async () => {
    const browser = new TestBrowser()
    const callback = tripmate.accounts.allow(await startConnecting(tripmate, browser))
    for (const [name, value] of Object.entries(INJECTED)) callback.searchParams.set(name, value)
    await browser.follow(await browser.get(callback), tripmate.url)
    const used = tripmate.calendar.requests.map(request => request.authorization)
    const [own] = tripmate.accounts.accessTokens.keys()
    expect(new Set(used)).toEqual(new Set([`Bearer ${own}`]))
  })
})

describe('a state', () => {
  it('is stored only as a hash, so reading the database does not reveal it', async () => {
    const state = (await startConnecting(tripmate, new TestBrowser())).searchParams.get('state') ?? ''
    const kept = await attempted()
    expect(kept).toHaveLength(1)
    expect(JSON.stringify(kept)).not.toContain(state)
  })

  it('works for only one of twenty simultaneous requests (RFC 6749 §10.12)', async () => {
    const state = (await startConnecting(tripmate, new TestBrowser())).searchParams.get('state') ?? ''
    const [{ user_id } = { user_id: '' }] = await attempted()
    const { db, clock } = tripmate.context
    const take = () => attempts.take(db, hashState(state), user_id, Math.floor(clock() / 1000))
    const taken = await Promise.all(Array.from({ length: 20 }, take))
    expect(taken.filter(Boolean)).toHaveLength(1)
  })
})

it('a proxy that the environment names sees no token and no secret', async () => {
  const proxy = await startTestServer()
  const seen: (string | undefined)[] = []
  proxy.answerWith((request, response) => {
    seen.push(request.url)
    response.writeHead(502).end()
  })
  const before = { ...process.env }
  try {
    Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: '', no_proxy: '' })
    const { page } = await connect(tripmate)
    expect(textOf(page)).toContain('Your calendar is connected.')
    expect(seen).toEqual([])
  } finally {
    process.env = before
    await proxy.stop()
  }
})
