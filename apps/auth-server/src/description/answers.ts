/** The shapes of the answers (RFC 6749 §5, RFC 7662 §2.2, RFC 8414 §2, RFC 7517 §5), with the names that are sent. */
import { z } from 'zod'

const uri = z.string().meta({ format: 'uri' })
const texts = z.array(z.string())
const seconds = z.int().describe('Seconds since 1970.')
const scope = z
  .string()
  .describe('Values separated by spaces (RFC 6749 §3.3).')
  .meta({ examples: ['calendar.read'] })

/** RFC 6749 §5.1 */
export const tokenResponse = z
  .object({
    access_token: z.string().describe('A JWT in the profile of RFC 9068.'),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('In seconds.'),
    refresh_token: z
      .string()
      .describe('Works once, and is replaced at every use. Missing for a client without the grant type refresh_token.')
      .optional(),
    scope: scope.describe('What the user allowed, which may be less than the client asked for.'),
  })
  .describe('The tokens (RFC 6749 §5.1).')

/** RFC 6749 §5.2 */
export const oauthError = z
  .object({
    error: z
      .string()
      .describe('A code that a client can act on.')
      .meta({ examples: ['invalid_grant'] }),
    error_description: z.string().describe('For the developer of the client: what is wrong, and what to do about it.'),
    request_id: z.string().describe('With 5xx: the operator finds the cause in the log under this id.').optional(),
  })
  .describe('Why the request was refused (RFC 6749 §5.2).')

/** RFC 7662 §2.2 */
export const introspection = z
  .union([
    z.object({ active: z.literal(false) }).describe('Unknown, expired or withdrawn, or it does not concern you.'),
    z.object({
      active: z.literal(true),
      token_type: z.literal('Bearer').describe('Only for an access token.').optional(),
      scope,
      client_id: z.string(),
      sub: z.string().describe('The user, or the client if it got the token for itself.'),
      iss: uri,
      aud: z.union([z.string(), texts]).optional(),
      jti: z.string().optional(),
      exp: seconds,
      iat: seconds,
    }),
  ])
  .describe('The state of a token (RFC 7662 §2.2).')

/** RFC 8414 §2, in its order. */
export const serverMetadata = z
  .object({
    issuer: uri,
    authorization_endpoint: uri,
    token_endpoint: uri,
    jwks_uri: uri,
    registration_endpoint: uri.describe('Missing if registration is closed.').optional(),
    scopes_supported: texts,
    response_types_supported: texts,
    response_modes_supported: texts,
    grant_types_supported: texts,
    token_endpoint_auth_methods_supported: texts,
    revocation_endpoint: uri,
    revocation_endpoint_auth_methods_supported: texts,
    introspection_endpoint: uri,
    introspection_endpoint_auth_methods_supported: texts,
    code_challenge_methods_supported: texts,
    authorization_response_iss_parameter_supported: z.boolean().describe('RFC 9207 §3.'),
    request_parameter_supported: z.boolean(),
    request_uri_parameter_supported: z.boolean(),
    prompt_values_supported: texts,
    protected_resources: z.array(uri).describe('RFC 9728 §4.'),
    ended_tokens_endpoint: uri.describe('An extension of Glasshouse, for its resource servers.'),
  })
  .describe('Authorization server metadata (RFC 8414).')

export type ServerMetadata = z.infer<typeof serverMetadata>

/** RFC 7517 §5 */
export const jwks = z
  .object({
    keys: z.array(
      z.looseObject({
        kty: z.enum(['EC', 'RSA']),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.enum(['ES256', 'RS256']),
      }),
    ),
  })
  .describe('The public signing keys (RFC 7517).')

export const endedTokens = z
  .object({
    ended: z.array(z.object({ seq: z.int(), id: z.string(), expires_at: seconds })),
    last: z.int().describe('To be sent as `after` with the next request.'),
    lease: z.number().describe('For how many seconds the list may be relied on.'),
    kids: texts.describe('The ids of the keys that are still good.'),
  })
  .describe('The tokens and token families that ended before they expired.')

export const nothing = z.object({}).describe('An empty object.')

export const health = z
  .object({ status: z.enum(['ok', 'unavailable']), warning: z.string().optional() })
  .describe('Whether this copy of the service works.')

export const openApi = z
  .looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string() }) })
  .describe('An OpenAPI document.')
