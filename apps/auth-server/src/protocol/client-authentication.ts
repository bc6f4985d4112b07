/** Reads a client's credentials from a request and checks their form (RFC 6749 §2.3). `tokens/authenticate-client.ts`
 * checks whether they are right. */
import { OAuthError } from './oauth-error'
import type { Parameters } from './parameters'

/** RFC 7591 §2, `token_endpoint_auth_method`. */
export const CLIENT_AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const

export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number]

export interface ClientCredentials {
  clientId: string
  clientSecret: string | undefined
  method: ClientAuthenticationMethod
}

/**
 * @param authorization the request's `Authorization` header
 * @throws OAuthError `invalid_request` if two methods are used at once; `invalid_client` if no credentials were sent or
 *   they cannot be read
 */
export function readClientCredentials(authorization: string | undefined, parameters: Parameters): ClientCredentials {
  const clientId = parameters.get('client_id')
  const clientSecret = parameters.get('client_secret')
  if (authorization !== undefined) {
    const basic = readBasic(authorization)
    // §2.3: the client MUST NOT use more than one authentication method in each request.
    if (clientSecret !== undefined) {
      throw new OAuthError('invalid_request', 'client_secret was sent twice, in the header and in the body; use one')
    }
    if (clientId !== undefined && clientId !== basic.clientId) {
      throw new OAuthError('invalid_request', 'client_id differs from the one in the Authorization header')
    }
    return basic
  }
  // §3.2.1: a public client identifies itself only by client_id.
  if (clientId === undefined) {
    throw invalidClient('client authentication is missing: send client_id and client_secret, or use HTTP Basic')
  }
  return { clientId, clientSecret, method: clientSecret === undefined ? 'none' : 'client_secret_post' }
}

/**
 * §5.2: 401, with a challenge for the scheme that was or could be used.
 * @param why the cause, for the log, if the description is the same for several causes
 */
export function invalidClient(description: string, why = description): OAuthError {
  const headers = { 'WWW-Authenticate': 'Basic realm="Glasshouse Accounts", charset="UTF-8"' }
  return new OAuthError('invalid_client', description, 401, headers, why)
}

/** §2.3.1: id and secret are form-encoded (Appendix B) before they become user name and password. */
function readBasic(authorization: string): ClientCredentials {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1] ?? ''
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0) throw invalidClient('the Authorization header is not HTTP Basic with id and secret')
  const clientId = decodeForm(decoded.slice(0, colon))
  const clientSecret = decodeForm(decoded.slice(colon + 1))
  if (!clientId || clientId.includes('\0')) throw invalidClient('the Authorization header names no client')
  // An empty password counts as no secret: a public client may identify itself this way.
  if (clientSecret === '') return { clientId, clientSecret: undefined, method: 'none' }
  return { clientId, clientSecret, method: 'client_secret_basic' }
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalidClient('id and secret in the Authorization header must be form-encoded (RFC 6749 section 2.3.1)')
  }
}
