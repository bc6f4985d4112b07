/**
 * The part of an authorization server that Tripmate talks to, over real HTTP. A test can make it misbehave. The
 * end-to-end tests use the real one.
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
  /** The requests received at `/token`, in order. */
  tokenRequests: Record<string, string>[]
  /** The tokens received at `/revoke`. */
  revoked: string[]
  /** The lifetime that a token response states for its access token, in seconds. */
  expiresIn: number
  accessTokens: Map<string, string>
  refreshTokens: Map<string, string>
  /** While set, handles every request in place of the usual routes. */
  instead: ((request: Request, response: Response) => void) | undefined
  metadata: Record<string, unknown>
  /** Members of the token response to change; undefined omits a member. */
  tokenResponse: Record<string, unknown>
  /** The redirect after the user has allowed access: the callback URL with a code. */
  allow(authorizationUrl: URL, scope?: string): URL
  /** The callback URL with the parameters that a test chooses. */
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
    const refuse = () => response.status(400).json({ error: 'invalid_grant', error_description: 'no longer valid' })
    if (grant_type === 'refresh_token') {
      const scope = accounts.refreshTokens.get(refresh_token)
      // A refresh token works once: Tripmate must store the new one each time.
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
