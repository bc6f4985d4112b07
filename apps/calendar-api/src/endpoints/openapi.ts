/** The API's description (OpenAPI 3.1), which `description/` holds. */
import { Router } from 'express'
import type { Context } from '../context'
import { describeApi } from '../description/document'
import { methodNotAllowed } from '../problem'

export function openApiEndpoint({ config }: Context): Router {
  // Made for the first request, so that starting does not take longer.
  let text: string | undefined
  const router = Router()
  router.get('/', (_request, response) => {
    text ??= JSON.stringify(describeApi(config), null, 2)
    response.set('Cache-Control', 'public, max-age=300').type('json').send(text)
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}
