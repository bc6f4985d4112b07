/** The authorization server's metadata (RFC 8414): the addresses of its endpoints. Also shows whether it can be reached. */
import type { Clock } from '@glasshouse/shared/clock'
import { type HttpClient, NoAnswer, readJson } from '../http-client'

export interface AuthorizationServer {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  revocationEndpoint: string | undefined
  /** RFC 9207 §3: its authorization responses carry `iss`, so a response without it comes from elsewhere. */
  sendsIssuer: boolean
}

/** The authorization server cannot be reached, or its answer is not valid metadata. */
export class AuthServerUnavailable extends Error {
  constructor(
    readonly why: 'down' | 'slow' | 'broken',
    detail: string,
  ) {
    super(detail)
  }
}

const KNOWN_FOR_MS = 10 * 60 * 1000

export class ServerMetadata {
  private known: { server: AuthorizationServer; until: number } | undefined
  private asking: Promise<AuthorizationServer> | undefined

  constructor(
    private readonly issuer: string,
    private readonly http: HttpClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Fetches the metadata now, before a user is sent there.
   * @throws AuthServerUnavailable
   */
  async ask(): Promise<AuthorizationServer> {
    this.asking ??= this.fetch().finally(() => {
      this.asking = undefined
    })
    return this.asking
  }

  /** The metadata of the last minutes, or fetches it. @throws AuthServerUnavailable */
  async get(): Promise<AuthorizationServer> {
    return this.known && this.known.until > this.clock() ? this.known.server : this.ask()
  }

  private async fetch(): Promise<AuthorizationServer> {
    // RFC 8414 §3: the well-known path comes between host and path of the issuer; ours has no path.
    const url = `${this.issuer}/.well-known/oauth-authorization-server`
    const response = await this.http({ method: 'GET', url, headers: { Accept: 'application/json' } }).catch(error => {
      throw error instanceof NoAnswer ? new AuthServerUnavailable(error.why, error.message) : error
    })
    const server = response.status === 200 ? read(readJson(response)) : undefined
    if (!server)
      throw new AuthServerUnavailable('broken', `its metadata response has status ${response.status} or is invalid`)
    // RFC 8414 §3.3: the issuer MUST be identical to the one in the address, otherwise the metadata MUST NOT be used.
    if (server.issuer !== this.issuer) throw new AuthServerUnavailable('broken', 'its metadata names another issuer')
    this.known = { server, until: this.clock() + KNOWN_FOR_MS }
    return server
  }
}

function read(metadata: Record<string, unknown> | undefined): AuthorizationServer | undefined {
  const authorizationEndpoint = readUrl(metadata?.authorization_endpoint)
  const tokenEndpoint = readUrl(metadata?.token_endpoint)
  if (!authorizationEndpoint || !tokenEndpoint || typeof metadata?.issuer !== 'string') return undefined
  return {
    issuer: metadata.issuer,
    authorizationEndpoint,
    tokenEndpoint,
    revocationEndpoint: readUrl(metadata.revocation_endpoint),
    sendsIssuer: metadata.authorization_response_iss_parameter_supported === true,
  }
}

function readUrl(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value) ? value : undefined
}
