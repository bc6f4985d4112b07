/** What clients send: parameters of the query and of forms, by their names on the wire. */
import { z } from 'zod'
import { CLIENT_AUTHENTICATION_METHODS } from '../protocol/client-authentication'

const uri = z.string().meta({ format: 'uri' })
const scope = z
  .string()
  .describe('Values separated by spaces (RFC 6749 §3.3).')
  .meta({ examples: ['calendar.read'] })
const resource = uri.describe('The API that the token is for (RFC 8707 §2).')

/** RFC 6749 §2.3.1: for a client that does not send its id and secret by HTTP Basic. */
const client = {
  client_id: z.string().describe('Needed without HTTP Basic.').optional(),
  client_secret: z.string().describe('Of a client that has one, and does not use HTTP Basic.').optional(),
}

/** RFC 6749 §4.1.1, RFC 7636 §4.3 */
const authorization = {
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: uri
    .describe('One that the client has registered, character by character. May be omitted if it has exactly one.')
    .optional(),
  scope: scope.optional(),
  state: z.string().describe('Comes back unchanged, so that the client knows its own request.').optional(),
  code_challenge: z
    .string()
    .describe('The SHA-256 of the verifier, in base64url (RFC 7636). Required of public clients.')
    .meta({ examples: ['E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'] })
    .optional(),
  code_challenge_method: z.literal('S256').optional(),
  prompt: z
    .string()
    .describe('Some of `login`, `consent` and `select_account`, or `none` to show no page.')
    .meta({ examples: ['consent'] })
    .optional(),
  resource: resource.optional(),
}

export const authorizationParameters = z.object(authorization)
export const authorizationForm = z.object(authorization).describe('The same parameters as a form.')

export const tokenRequest = z
  .union([
    z
      .object({
        grant_type: z.literal('authorization_code'),
        code: z.string(),
        redirect_uri: uri.describe('The same as in the authorization request, if it was there.').optional(),
        code_verifier: z.string().describe('RFC 7636 §4.5.').optional(),
        resource: resource.optional(),
        ...client,
      })
      .describe('Step 4 (RFC 6749 §4.1.3).'),
    z
      .object({
        grant_type: z.literal('refresh_token'),
        refresh_token: z.string(),
        scope: scope.describe('To get less than before.').optional(),
        resource: resource.optional(),
        ...client,
      })
      .describe('Step 7 (RFC 6749 §6).'),
    z
      .object({
        grant_type: z.literal('client_credentials'),
        scope: scope.optional(),
        resource: resource.optional(),
        ...client,
      })
      .describe('For the client itself, without a user (RFC 6749 §4.4).'),
  ])
  .describe('A token request.')

export const tokenForm = z
  .object({
    token: z.string().describe('An access token or a refresh token.'),
    token_type_hint: z.string().describe('Ignored.').optional(),
    ...client,
  })
  .describe('A token to ask about or to revoke.')

const metadata = {
  redirect_uris: z.array(uri).describe('https, loopback, or a private-use scheme of a native app.').optional(),
  token_endpoint_auth_method: z
    .enum(CLIENT_AUTHENTICATION_METHODS)
    .describe('`none` makes a public client. The default is `client_secret_basic`.')
    .optional(),
  grant_types: z.array(z.string()).describe('The default is `authorization_code` alone.').optional(),
  response_types: z.array(z.string()).optional(),
  application_type: z.enum(['web', 'native']).optional(),
  client_name: z.string().max(100).describe('Shown to users.').optional(),
  client_uri: uri.optional(),
  logo_uri: z.string().describe('A small image as a data: URL; other addresses are not loaded.').optional(),
  scope: scope.optional(),
  contacts: z.array(z.string()).max(10).optional(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({})) }).optional(),
  require_pkce: z.boolean().describe('Always true for a public client.').optional(),
}

/** RFC 7591 §2 */
export const clientMetadata = z
  .object({ ...metadata, client_id: z.string().describe('Only in an update, where it is required.').optional() })
  .describe('What a client says about itself (RFC 7591 §2). Unknown members are ignored.')

/** RFC 7591 §3.2.1 */
export const registration = z
  .object({
    client_id: z.string(),
    client_id_issued_at: z.int().describe('Seconds since 1970.'),
    client_secret: z.string().describe('Shown once, when it is made. A public client has none.').optional(),
    client_secret_expires_at: z.int().describe('0: never.').optional(),
    registration_access_token: z.string().describe('For managing the registration (RFC 7592).'),
    registration_client_uri: uri.describe('Where to do that.'),
    ...metadata,
  })
  .describe('A registered client, with all its metadata, including defaults (RFC 7591 §3.2.1).')

export const endedTokensQuery = z.object({
  listener: z
    .string()
    .describe('A name of your choice for this copy of the resource server.')
    .meta({ pattern: '^[\\w-]{8,64}$' }),
  after: z.int().min(0).describe('The `last` of the answer before.').optional(),
})

export const listenerQuery = endedTokensQuery.pick({ listener: true })
