/** The public signing keys, as a JWK Set (RFC 7517 §5). */
import { Router } from 'express'
import type { Context } from '../context'
import { JWKS_MAX_AGE_S, toJwk } from '../tokens/signing-keys'
import { cacheableJson, jsonErrors, methodNotAllowed } from './answer'

export function jwksEndpoint({ keys, log }: Context): Router {
  const router = Router()
  router.get('/', async (_request, response) => {
    cacheableJson(response, JWKS_MAX_AGE_S, { keys: (await keys.all()).map(toJwk) })
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  router.use(jsonErrors(log))
  return router
}
