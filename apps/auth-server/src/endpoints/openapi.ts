/** The description of this server's endpoints (OpenAPI 3.1), which `description/` holds. */
import type { Json } from '@glasshouse/shared/openapi'
import { Router } from 'express'
import type { Context } from '../context'
import { describeServer } from '../description/document'
import { cacheableJson, jsonErrors, methodNotAllowed } from './answer'

const MAX_AGE_S = 5 * 60

export function openApiEndpoint({ config, log }: Context): Router {
  // Made for the first request, so that starting does not take longer.
  let document: Json | undefined
  const router = Router()
  router.get('/', (_request, response) => {
    document ??= describeServer(config)
    cacheableJson(response, MAX_AGE_S, document)
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  router.use(jsonErrors(log))
  return router
}
