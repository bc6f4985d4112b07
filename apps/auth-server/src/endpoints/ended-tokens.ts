/**
 * Where a resource server hears which tokens have ended before their time: no RFC's, but what makes withdrawal work with
 * tokens that are checked locally. `tokens/ended-tokens.ts` explains the lease.
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
      throw new OAuthError('unauthorized_client', 'only a resource server may listen', 403)
    next()
  })

  // RFC 9110 §9.2.1: HEAD is safe. A GET makes its sender a listener, whom every withdrawal waits for.
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
      // So that a key which was taken down because it was stolen opens nothing from here on.
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
    throw new OAuthError('invalid_request', 'listener has to be 8 to 64 letters, digits, - or _, of your own choice')
  }
  return listener
}

function readNumber(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new OAuthError('invalid_request', `${name} has to be a number`)
  return number
}
