/** Token revocation (RFC 7009). */
import { Router } from 'express'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { readClientCredentials } from '../protocol/client-authentication'
import { OAuthError } from '../protocol/oauth-error'
import { refuseRepeated } from '../protocol/parameters'
import * as refreshTokens from '../store/refresh-tokens'
import { readAccessToken } from '../tokens/access-token'
import { authenticateClient } from '../tokens/authenticate-client'
import { hashToken } from '../tokens/opaque-token'
import { endAccessToken, endTokenFamily } from '../tokens/withdrawal'
import { authorizationOf, form, formParameters, jsonErrors, methodNotAllowed, noStore } from './answer'

export function revocationEndpoint(context: Context): Router {
  const router = Router()
  router.post('/', noStore, form, async (request, response) => {
    const parameters = formParameters(request)

    // §2.1: the authorization server first validates the client credentials.
    const client = await authenticateClient(
      context,
      readClientCredentials(authorizationOf(request), parameters),
      request.ip,
    )

    // §2.1: token is REQUIRED. token_type_hint is ignored: it says where to look first, and there are only two places.
    const token = parameters.require('token')
    refuseRepeated(parameters)
    await revoke(context, client, token)

    // §2.2: an unknown token gets 200 too, because it is invalid either way.
    response.json({})
  })
  router.all('/', noStore, methodNotAllowed('POST'))
  router.use(jsonErrors(context.log))
  return router
}

async function revoke(context: Context, client: Client, token: string): Promise<void> {
  const accessToken = readAccessToken(await context.keys.all(), token)
  if (accessToken) {
    refuseUnlessIssuedTo(client, accessToken.client_id)
    return endAccessToken(context, accessToken.jti, accessToken.exp)
  }
  const refreshToken = await refreshTokens.find(context.db, hashToken(token))
  if (refreshToken) {
    refuseUnlessIssuedTo(client, refreshToken.clientId)
    // §2.1: revoking a refresh token SHOULD also revoke the access tokens of the same grant.
    return endTokenFamily(context, refreshToken.family.id)
  }
}

/** §2.1: if the token was not issued to the client that sends the request, the request is refused with an error. */
function refuseUnlessIssuedTo(client: Client, clientId: string): void {
  if (client.id !== clientId) throw new OAuthError('invalid_grant', 'token was issued to another client')
}
