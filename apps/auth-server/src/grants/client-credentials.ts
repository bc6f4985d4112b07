/** The client credentials grant (RFC 6749 §4.4): the client acts on its own behalf, without a resource owner. */
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, refuseRepeated } from '../protocol/parameters'
import { requireMeaning } from '../protocol/resource'
import { formatScope, includesScope, parseScope } from '../protocol/scope'
import * as clients from '../store/clients'
import { ownFamilyOf } from '../tokens/access-token'
import { askedAudience, defaultAudience } from '../tokens/audience'
import { issueAccessToken, type TokenResponse } from '../tokens/issue-tokens'
import type { Grant } from './grant'

export const clientCredentialsGrant: Grant = { type: 'client_credentials', redeem }

async function redeem(context: Context, client: Client, parameters: Parameters): Promise<TokenResponse> {
  // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
  if (client.type !== 'confidential') {
    throw new OAuthError('unauthorized_client', 'a client without a secret cannot use client_credentials')
  }

  // §4.4.2: scope is OPTIONAL. §3.3: if omitted, every scope that the client is registered for.
  const scope = parseScope(parameters.get('scope') ?? formatScope(client.scope))
  if (scope.length === 0 || !includesScope(client.scope, scope)) {
    throw new OAuthError('invalid_scope', 'scope asks for more than this client is registered for')
  }

  // RFC 8707 §2
  const audience = (await askedAudience(context, parameters)) ?? defaultAudience(context)

  // RFC 9068 §2.2.3
  requireMeaning(scope, audience, await clients.resourceServers(context.db))

  // §3.2: parameters MUST NOT be included more than once, even those that are not used here.
  refuseRepeated(parameters)

  // §4.4.3: a refresh token SHOULD NOT be included. The client can ask again at any time.
  return issueAccessToken(context, {
    // RFC 9068 §2.2: without a resource owner, `sub` is the client.
    subject: client.id,
    clientId: client.id,
    audience,
    scope,
    familyId: ownFamilyOf(client.id),
  })
}
