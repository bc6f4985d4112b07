/**
 * Tells resource servers which tokens have ended before they expire, so that withdrawal works although resource servers
 * check tokens locally. This endpoint is not defined by an RFC. `tokens/ended-tokens.ts` explains the lease.
 */
import { Router } from 'express'
import type { Context } from '../context'
import { readClientCredentials } from '../protocol/client-authentication'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, queryText, readParameters, refuseRepeated } from '../protocol/parameters'
import { authenticateClient } from '../tokens/authenticate-client'
import { LEASE_S } from '../tokens/ended-tokens'
import { authorizationOf, jsonErrors, methodNotAllowed, noStore } from './answer'

export function endedTokensEndpoint(context: Context): Router {
  const router = Router()
  router.use(noStore)

  router.use(async (request, _response, next) => {
    const credentials = readClientCredentials(authorizationOf(request), readParameters(''))
    const client = await authenticateClient(context, credentials, request.ip)
    if (client.resource === undefined)
      throw new OAuthError('unauthorized_client', 'only a resource server may use this endpoint', 403)
    next()
  })

  // RFC 9110 §9.2.1: HEAD must be safe. A GET registers its sender as a listener, and every withdrawal waits for it.
  router.head('/', methodNotAllowed('GET, DELETE'))

  router.get('/', async (request, response) => {
    const parameters = queryOf(request.url)
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const update = await context.endedTokens.poll(
      readListener(parameters),
      readNumber(parameters, 'after'),
      gone.signal,
    )
    if (gone.signal.aborted) return
    response.json({
      ended: update.ended.map(({ seq, id, expiresAt }) => ({ seq, id, expires_at: expiresAt })),
      last: update.last,
      lease: LEASE_S,
      // With this list, resource servers stop accepting a key at once when it was removed because it was stolen.
      kids: (await context.keys.all()).map(key => key.kid),
    })
  })

  router.delete('/', async (request, response) => {
    await context.endedTokens.leave(readListener(queryOf(request.url)))
    response.sendStatus(204)
  })

  router.all('/', methodNotAllowed('GET, DELETE'))
  router.use(jsonErrors(context.log))
  return router
}

function queryOf(url: string): Parameters {
  const parameters = readParameters(queryText(url))
  refuseRepeated(parameters)
  return parameters
}

function readListener(parameters: Parameters): string {
  const listener = parameters.require('listener')
  if (!/^[\w-]{8,64}$/.test(listener)) {
    throw new OAuthError('invalid_request', 'listener must be a name of your choice: 8 to 64 letters, digits, - or _')
  }
  return listener
}

function readNumber(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0)
    throw new OAuthError('invalid_request', `${name} must be a whole number that is not negative`)
  return number
}
