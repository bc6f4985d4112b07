/** The public signing keys, as a JWK Set (RFC 7517 §5). */
import { Router } from 'express'
import type { Context } from '../context'
import { toJwk } from '../tokens/signing-keys'
import { jsonErrors } from './answer'

export function jwksEndpoint({ keys, log }: Context): Router {
  const router = Router()
  router.get('/', async (_request, response) => {
    response.set('Cache-Control', 'public, max-age=30').json({ keys: (await keys.all()).map(toJwk) })
  })
  router.use(jsonErrors(log))
  return router
}
