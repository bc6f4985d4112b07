/**
 * Sends requests to every endpoint that no real client would send (fast-check; the seed is fixed, and printed
 * with the failing request). Never a 5xx, a stack trace or a secret in the answer; the error is the one in the RFC.
 */

import { checkOddAnswer, type OddAnswer, sendOdd } from '@glasshouse/shared/testing/odd-answers'
import { type Endpoint, oddExamples, oddRequests, oddRuns } from '@glasshouse/shared/testing/odd-requests'
import fc from 'fast-check'
import { AUTHORIZATION_REQUEST, CLIENT, METADATA, openSession, type Session } from '../good-requests'
import {
  API_SECRET,
  addClient,
  basic,
  CODE_VERIFIER,
  REDIRECT_URI,
  SECRET,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
let session: Session
let registration: { client_id: string; registration_access_token: string }
let given: { access_token: string; refresh_token: string }

beforeAll(async () => {
  server = await startAuthServer()
  await addClient(server, { id: 'public', redirectUris: [REDIRECT_URI] })
  given = await tokens(server)
  session = await openSession(server)
  const registered = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://app.example/cb'] }),
  })
  registration = (await registered.json()) as typeof registration
})
afterAll(() => server.stop())

/** RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 7662 §2.3, RFC 7591 §3.2.2: JSON with `error`, never cached. */
function checkJsonError({ status, headers, body, fromApp }: OddAnswer, method: string): void {
  if (!fromApp || status < 400) return
  expect(headers['content-type']).toMatch(/^application\/json\b/)
  expect(headers['cache-control']).toBe('no-store')
  if (method === 'HEAD') return
  const { error, error_description } = JSON.parse(body)
  expect(error).toMatch(/^[a-z_]+$/)
  // §5.2: error_description MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.
  expect(error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  if (status === 401) expect(headers['www-authenticate']).toMatch(/^(Basic|Bearer)\b/)
  if (status === 405) expect(headers.allow).toMatch(/^[A-Z]+/)
}

/** Errors for users are HTML pages. */
function checkPage({ status, headers, fromApp }: OddAnswer): void {
  if (fromApp && status >= 400) expect(headers['content-type']).toMatch(/^text\/html\b/)
}

/** Whether the request was sent to this endpoint. With a changed path it goes to a page that does not exist. */
function isFor(path: string, sent: string): boolean {
  return sent === path || sent.startsWith(`${path}?`)
}

async function holds(endpoint: Endpoint, check: (answer: OddAnswer, method: string) => void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(oddRequests(endpoint), async sent => {
      const answer = await sendOdd(server.url, sent)
      checkOddAnswer(answer, sent, [SECRET, API_SECRET])
      if (answer) (isFor(endpoint.path, sent.path) ? check : checkPageOrJson)(answer, sent.method)
    }),
    oddRuns(check === checkPage ? 35 : 80, oddExamples(endpoint)),
  )
}

/** For an address that only begins like an endpoint, such as `/register/%ff`: both kinds of error are right. */
function checkPageOrJson({ status, headers, fromApp }: OddAnswer): void {
  if (fromApp && status >= 400) expect(headers['content-type']).toMatch(/^(text\/html|application\/json)\b/)
}

describe('an endpoint for programs answers invalid requests with the JSON error of its RFC', () => {
  const form = (path: string, fields: () => Record<string, string>, headers?: () => Record<string, string>) =>
    it(`POST ${path} ${Object.keys(fields()).join(' ')}`, () =>
      holds({ method: 'POST', path, form: fields(), ...(headers && { headers: headers() }) }, checkJsonError))

  form('/token', () => ({
    grant_type: 'authorization_code',
    code: 'no-such-code',
    redirect_uri: REDIRECT_URI,
    code_verifier: CODE_VERIFIER,
    resource: 'http://localhost:4002',
    ...CLIENT,
  }))
  form('/token', () => ({ grant_type: 'refresh_token', refresh_token: 'none', scope: 'calendar.read', ...CLIENT }))
  form(
    '/token',
    () => ({ grant_type: 'client_credentials', scope: 'calendar.read' }),
    () => ({ Authorization: basic('tripmate', SECRET) }),
  )
  form('/revoke', () => ({ token: given?.access_token ?? '', token_type_hint: 'access_token', client_id: 'public' }))
  form('/introspect', () => ({ token: given?.access_token ?? '', token_type_hint: 'access_token', ...CLIENT }))

  it('POST /register', () => holds({ method: 'POST', path: '/register', json: METADATA }, checkJsonError))

  it.each(['GET', 'PUT'])('%s /register/:client_id', method => {
    const { client_id, registration_access_token } = registration
    const headers = { Authorization: `Bearer ${registration_access_token}` }
    const json = method === 'PUT' ? { json: { client_id, ...METADATA } } : {}
    return holds({ method, path: `/register/${client_id}`, headers, ...json }, checkJsonError)
  })

  it('DELETE /ended-tokens', () =>
    holds(
      {
        method: 'DELETE',
        path: '/ended-tokens',
        headers: { Authorization: basic('calendar-api', API_SECRET) },
        query: { listener: 'a-test-listener', after: '0' },
      },
      checkJsonError,
    ))

  it.each(['/.well-known/oauth-authorization-server', '/jwks'])('GET %s', path =>
    holds({ method: 'GET', path, query: { a: 'b' } }, checkPageOrJson),
  )
})

describe('a page answers invalid requests with a page', () => {
  it('GET /authorize', () => holds({ method: 'GET', path: '/authorize', query: AUTHORIZATION_REQUEST }, checkPage))
  it('POST /authorize', () => holds({ method: 'POST', path: '/authorize', form: AUTHORIZATION_REQUEST }, checkPage))

  it.each(['/', '/login', '/consent', '/account', '/developer', '/healthz', '/assets/glasshouse.css'])('GET %s', path =>
    holds(
      {
        method: 'GET',
        path,
        query: { request: session.pendingRequest, next: 'developer', v: '1' },
        headers: session.headers,
      },
      checkPage,
    ),
  )
  it('POST /login', () =>
    holds(
      {
        method: 'POST',
        path: '/login',
        form: {
          _csrf: session.antiForgeryField,
          request: session.pendingRequest,
          username: 'nobody',
          password: '',
          next: 'developer',
        },
        headers: session.headers,
      },
      checkPage,
    ))
  it('POST /consent', () =>
    holds(
      {
        method: 'POST',
        path: '/consent',
        form: {
          _csrf: session.antiForgeryField,
          request: session.pendingRequest,
          decision: 'perhaps',
          scope: 'calendar.read',
        },
        headers: session.headers,
      },
      checkPage,
    ))
  it('POST /account/withdraw', () =>
    holds(
      {
        method: 'POST',
        path: '/account/withdraw',
        form: { _csrf: session.antiForgeryField, client_id: 'no-such-client' },
        headers: session.headers,
      },
      checkPage,
    ))
  it('POST /developer', () =>
    holds(
      {
        method: 'POST',
        path: '/developer',
        form: {
          _csrf: session.antiForgeryField,
          client_name: 'An app',
          redirect_uris: 'https://app.example/cb',
          token_endpoint_auth_method: 'none',
          require_pkce: 'true',
        },
        headers: session.headers,
      },
      checkPage,
    ))
})

describe('requests that used to cause a 500', () => {
  const get = (path: string, headers = {}) =>
    sendOdd(server.url, { method: 'GET', path, headers, body: '', chunked: false })

  it.each(['/authorize//', '/authorize//?a=b', 'http://localhost/authorize'])(
    'an address that is not a valid URL is answered with a page: %s (RFC 6749 §4.1.2.1)',
    async path => {
      const answer = await get(path)
      expect(answer?.status).toBe(400)
      expect(answer?.body).toContain('client_id is missing')
    },
  )

  it('an address that is not a valid URL has no parameters: /ended-tokens//', async () => {
    const answer = await get('/ended-tokens//', { Authorization: basic('calendar-api', API_SECRET) })
    expect(answer?.status).toBe(400)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: 'invalid_request' })
  })
})
