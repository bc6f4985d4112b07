/** The token endpoint (RFC 6749 §3.2): steps 4, 5 and 7. */
import { Router } from 'express'
import type { Context } from '../context'
import { authorizationCodeGrant } from '../grants/authorization-code'
import { clientCredentialsGrant } from '../grants/client-credentials'
import type { Grant } from '../grants/grant'
import { refreshTokenGrant } from '../grants/refresh-token'
import { readClientCredentials } from '../protocol/client-authentication'
import { OAuthError } from '../protocol/oauth-error'
import { authenticateClient } from '../tokens/authenticate-client'
import { authorizationOf, form, formParameters, jsonErrors, methodNotAllowed, noStore } from './answer'

const grants: Grant[] = [authorizationCodeGrant, refreshTokenGrant, clientCredentialsGrant]

export function tokenEndpoint(context: Context): Router {
  const router = Router()
  router.post('/', noStore, form, async (request, response) => {
    const parameters = formParameters(request)

    // §3.2.1: confidential clients MUST authenticate; public clients only send their client_id.
    const client = await authenticateClient(
      context,
      readClientCredentials(authorizationOf(request), parameters),
      request.ip,
    )

    // §4.1.3, §4.4.2, §6: grant_type is REQUIRED.
    const grantType = parameters.require('grant_type')
    const grant = grants.find(candidate => candidate.type === grantType)
    if (!grant)
      throw new OAuthError(
        'unsupported_grant_type',
        'grant_type is not supported; grant_types_supported in the metadata lists those that are',
      )

    // §5.2, unauthorized_client
    if (!client.grantTypes.includes(grant.type)) {
      throw new OAuthError('unauthorized_client', `this client is not registered for grant_type ${grant.type}`)
    }

    // §5.1
    response.json(await grant.redeem(context, client, parameters))
  })
  // §3.2: the client MUST use the HTTP "POST" method.
  router.all('/', noStore, methodNotAllowed('POST'))
  router.use(jsonErrors(context.log))
  return router
}
