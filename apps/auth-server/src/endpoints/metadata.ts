/** Authorization server metadata (RFC 8414): lists exactly what this server supports, and where to find it. */
import { Router } from 'express'
import type { Config } from '../config'
import type { Context } from '../context'
import type { ServerMetadata } from '../description/answers'
import { GRANT_TYPES } from '../protocol/client'
import { CLIENT_AUTHENTICATION_METHODS } from '../protocol/client-authentication'
import { KNOWN_SCOPES } from '../protocol/scope'
import { cacheableJson, jsonErrors, methodNotAllowed } from './answer'

const MAX_AGE_S = 5 * 60

export function metadataEndpoint({ config, log }: Context): Router {
  const metadata = metadataOf(config)
  const router = Router()
  router.get('/', (_request, response) => {
    cacheableJson(response, MAX_AGE_S, metadata)
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  router.use(jsonErrors(log))
  return router
}

/** What this server supports, and where. */
export function metadataOf(config: Config): ServerMetadata {
  const at = (path: string) => `${config.issuer}${path}`
  const clientAuthentication = [...CLIENT_AUTHENTICATION_METHODS]
  // In the order of §2.
  return {
    issuer: config.issuer,
    authorization_endpoint: at('/authorize'),
    token_endpoint: at('/token'),
    jwks_uri: at('/jwks'),
    ...(config.registration === 'closed' ? {} : { registration_endpoint: at('/register') }),
    scopes_supported: [...KNOWN_SCOPES],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: [...GRANT_TYPES],
    token_endpoint_auth_methods_supported: clientAuthentication,
    revocation_endpoint: at('/revoke'),
    revocation_endpoint_auth_methods_supported: clientAuthentication,
    introspection_endpoint: at('/introspect'),
    // RFC 7662 §2.1: a client_id alone is not authorization.
    introspection_endpoint_auth_methods_supported: clientAuthentication.filter(method => method !== 'none'),
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true, // RFC 9207 §3
    // From OpenID Connect Discovery §3, in the same IANA registry. Without it, request_uri counts as supported.
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    protected_resources: [config.addresses.calendarApiUrl], // RFC 9728 §4
    // A Glasshouse extension: tells resource servers which tokens have ended (docs/decisions/jwt-and-withdrawal.md).
    ended_tokens_endpoint: at('/ended-tokens'),
  }
}
