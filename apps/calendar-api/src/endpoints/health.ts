/** Whether this copy can answer. That the authorization server is down is no fault of this service: it says so with 503. */
import { Router } from 'express'
import type { Context } from '../context'
import { methodNotAllowed } from '../problem'

export function healthEndpoint({ db }: Context): Router {
  const router = Router()
  router.get('/', async (_request, response) => {
    await db.selectFrom('events').select('id').limit(1).execute()
    response.set('Cache-Control', 'no-store').json({ status: 'ok' })
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}
