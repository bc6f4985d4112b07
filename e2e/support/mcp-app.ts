/** An app on the Model Context Protocol's SDK, and alice, who allows what it asks for. */
import { randomBytes } from 'node:crypto'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { ALICE } from './people'
import type { Stack } from './stack'

/** The app's redirect URI (RFC 8252 §7.3). Nothing listens there: the test takes the URL from alice's browser. */
export const CALLBACK = 'http://127.0.0.1:7357/callback'

/** What the SDK needs from an app: its metadata and some storage. Like most agents, this is a public client. */
export class McpApp implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK
  readonly clientMetadata = {
    client_name: 'An agent',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  }
  /** Where the user must be sent. */
  address = new URL('about:blank')
  private readonly kept = { state: randomBytes(16).toString('base64url'), verifier: '' }
  private client: OAuthClientInformationMixed | undefined
  private received: OAuthTokens | undefined

  state = () => this.kept.state
  clientInformation = () => this.client
  saveClientInformation(client: OAuthClientInformationMixed) {
    this.client = client
  }
  tokens = () => this.received
  saveTokens(tokens: OAuthTokens | undefined) {
    this.received = tokens
  }
  codeVerifier = () => this.kept.verifier
  saveCodeVerifier(verifier: string) {
    this.kept.verifier = verifier
  }
  redirectToAuthorization(address: URL) {
    this.address = address
  }
}

/**
 * Steps 1 to 3 in alice's browser: she signs in and allows what is asked for.
 * @param scope what she leaves ticked; undefined for everything
 * @returns the URL of the callback
 */
export async function aliceAllows(
  stack: Stack,
  address: string | URL,
  who = ALICE,
  browser = new TestBrowser(),
  scope?: string[],
): Promise<URL> {
  const login = await browser.follow(await browser.get(address), stack.authServer)
  const { username, password } = who
  const consent = await browser.follow(await browser.submit(login, { username, password }), stack.authServer)
  return (await browser.submit(consent, { decision: 'allow', ...(scope && { scope }) })).location
}
