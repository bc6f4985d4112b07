/**
 * An authorization server as Tripmate meets it, and nothing more: it answers over real HTTP, and a test can make it
 * misbehave. The real one is met in e2e.
 */
import { createHash, randomUUID } from 'node:crypto'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import express, { type Request, type Response } from 'express'

interface Grant {
  scope: string
  codeChallenge: string
  redirectUri: string
}

export interface FakeAccounts {
  url: string
  /** What came to `/token`, in order. */
  tokenRequests: Record<string, string>[]
  /** What came to `/revoke`. */
  revoked: string[]
  /** Seconds that an access token is said to live. */
  expiresIn: number
  accessTokens: Map<string, string>
  refreshTokens: Map<string, string>
  /** Answers instead of the usual, for as long as it is set. */
  instead: ((request: Request, response: Response) => void) | undefined
  metadata: Record<string, unknown>
  /** Members of the token response to change; undefined leaves one out. */
  tokenResponse: Record<string, unknown>
  /** What a person's yes brings: the callback's address with a code. */
  allow(authorizationUrl: URL, scope?: string): URL
  /** The callback's address with whatever a test says. */
  answer(authorizationUrl: URL, parameters: Record<string, string>): URL
  stop(): Promise<void>
}

export async function startFakeAccounts(): Promise<FakeAccounts> {
  const server = await startTestServer()
  const codes = new Map<string, Grant>()
  const app = express()
  const accounts: FakeAccounts = {
    url: server.url,
    tokenRequests: [],
    revoked: [],
    expiresIn: 3600,
    accessTokens: new Map(),
    refreshTokens: new Map(),
    instead: undefined,
    metadata: {
      issuer: server.url,
      authorization_endpoint: `${server.url}/authorize`,
      token_endpoint: `${server.url}/token`,
      revocation_endpoint: `${server.url}/revoke`,
      authorization_response_iss_parameter_supported: true,
    },
    tokenResponse: {},
    allow(url, scope = url.searchParams.get('scope') ?? '') {
      const code = `code-${randomUUID()}`
      const of = (name: string) => url.searchParams.get(name) ?? ''
      codes.set(code, { scope, codeChallenge: of('code_challenge'), redirectUri: of('redirect_uri') })
      return this.answer(url, { code, iss: server.url })
    },
    answer(url, parameters) {
      const callback = new URL(url.searchParams.get('redirect_uri') ?? '')
      callback.searchParams.set('state', url.searchParams.get('state') ?? '')
      for (const [name, value] of Object.entries(parameters)) callback.searchParams.set(name, value)
      return callback
    },
    stop: server.stop,
  }

  function issue(scope: string): Record<string, unknown> {
    const [accessToken, refreshToken] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`]
    accounts.accessTokens.set(accessToken, scope)
    accounts.refreshTokens.set(refreshToken, scope)
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: accounts.expiresIn,
      refresh_token: refreshToken,
      scope,
      ...accounts.tokenResponse,
    }
  }

  app.use((request, response, next) => (accounts.instead ? accounts.instead(request, response) : next()))
  app.get('/.well-known/oauth-authorization-server', (_request, response) => {
    response.json(accounts.metadata)
  })
  app.use(express.urlencoded({ extended: false }))
  app.post('/token', (request, response) => {
    accounts.tokenRequests.push({ ...request.body })
    const { grant_type, code, code_verifier, redirect_uri, refresh_token } = request.body
    const refuse = () => response.status(400).json({ error: 'invalid_grant', error_description: 'not valid any more' })
    if (grant_type === 'refresh_token') {
      const scope = accounts.refreshTokens.get(refresh_token)
      // Used twice is refused: Tripmate has to take the new one each time.
      if (scope === undefined || !accounts.refreshTokens.delete(refresh_token)) return refuse()
      return response.json(issue(scope))
    }
    const grant = codes.get(code)
    codes.delete(code)
    const challenge = createHash('sha256').update(String(code_verifier)).digest('base64url')
    if (!grant || grant.codeChallenge !== challenge || grant.redirectUri !== redirect_uri) return refuse()
    return response.json(issue(grant.scope))
  })
  app.post('/revoke', (request, response) => {
    accounts.revoked.push(request.body.token)
    accounts.accessTokens.delete(request.body.token)
    accounts.refreshTokens.delete(request.body.token)
    response.json({})
  })
  server.answerWith(app)
  return accounts
}
