/** The authorization request (RFC 6749 §4.1.1) and its checks, in the order of the RFC's text. */
import { type Client, isHeldToPkce } from './client'
import { OAuthError } from './oauth-error'
import { type Parameters, refuseRepeated } from './parameters'
import { readCodeChallenge } from './pkce'
import { type Prompt, parsePrompt } from './prompt'
import { matchRedirectUri } from './redirect-uri'
import { type Audience, type ResourceServer, readAudience, requireMeaning } from './resource'
import { formatScope, includesScope, parseScope, type Scope } from './scope'

/** A value of this type exists only for a request that passed every check. */
export interface AuthorizationRequest {
  clientId: string
  /** Where the response goes. */
  redirectUri: string
  /** Whether the request named it; then the token request must repeat it (RFC 6749 §4.1.3). */
  redirectUriGiven: boolean
  scope: Scope
  state: string | undefined
  /** S256 (RFC 7636 §4.2). */
  codeChallenge: string | undefined
  /** The `aud` of the tokens that will be issued. */
  audience: Audience
  prompt: Prompt
}

/**
 * Reads the rest of an authorization request once its client and redirect URI are known to be valid, so that any error
 * can be sent to the client by redirect.
 * @param redirectUri the result of `matchRedirectUri`
 * @param resources the resource servers, and the default for a request that names none
 * @throws OAuthError with a code of RFC 6749 §4.1.2.1, or `invalid_target` (RFC 8707 §2)
 */
export function parseAuthorizationRequest(
  parameters: Parameters,
  client: Client,
  redirectUri: string,
  resources: { servers: readonly ResourceServer[]; byDefault: Audience },
): AuthorizationRequest {
  // OpenID Connect Core §6.1, §6.2, RFC 9101 §5: a request object would replace the parameters that are read below.
  if (parameters.all('request').length > 0) {
    throw new OAuthError('request_not_supported', 'request is not supported; send the parameters themselves')
  }
  if (parameters.all('request_uri').length > 0) {
    throw new OAuthError('request_uri_not_supported', 'request_uri is not supported; send the parameters themselves')
  }

  // §4.1.1: response_type is REQUIRED. Value MUST be "code".
  if (parameters.require('response_type') !== 'code') {
    throw new OAuthError('unsupported_response_type', 'response_type must be code')
  }

  // OAuth 2.0 Multiple Response Type Encoding Practices §2.1. §4.1.2: the response comes in the query.
  if ((parameters.get('response_mode') ?? 'query') !== 'query') {
    throw new OAuthError('invalid_request', 'response_mode must be query; no other mode is supported')
  }

  // §4.1.2.1: the client is not authorized to request an authorization code using this method.
  if (!client.grantTypes.includes('authorization_code')) {
    throw new OAuthError('unauthorized_client', 'this client is not registered for grant_type authorization_code')
  }

  // §3.3: if omitted, a pre-defined default: every scope that the client is registered for.
  const scope = parseScope(parameters.get('scope') ?? formatScope(client.scope))
  if (scope.length === 0 || !includesScope(client.scope, scope)) {
    throw new OAuthError('invalid_scope', 'scope asks for more than this client is registered for')
  }

  // RFC 8707 §2.1
  const audience = readAudience(parameters.all('resource'), resources.servers) ?? resources.byDefault

  // RFC 9068 §2.2.3
  requireMeaning(scope, audience, resources.servers)

  const authorizationRequest = {
    clientId: client.id,
    redirectUri,
    redirectUriGiven: parameters.get('redirect_uri') !== undefined,
    scope,
    // §4.1.1: RECOMMENDED. It is returned unchanged, whatever it contains.
    state: parameters.get('state'),
    // RFC 7636 §4.4.1
    codeChallenge: readCodeChallenge(parameters, isHeldToPkce(client)),
    audience,
    prompt: parsePrompt(parameters.get('prompt')),
  }

  // §3.1: request parameters MUST NOT be included more than once, even those that are not used here.
  refuseRepeated(parameters)

  return authorizationRequest
}

/**
 * Whether the client could still make this request. Its registration may have changed since (RFC 7592 §2.2), and the
 * current one counts.
 */
export function isStillAllowed(client: Client, request: AuthorizationRequest): boolean {
  return (
    matchRedirectUri(client, request.redirectUri) !== undefined &&
    client.grantTypes.includes('authorization_code') &&
    includesScope(client.scope, request.scope) &&
    (request.codeChallenge !== undefined || !isHeldToPkce(client))
  )
}
