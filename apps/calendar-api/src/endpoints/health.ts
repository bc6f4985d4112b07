/** Whether this copy works. An unavailable authorization server does not count: the API reports that itself, with 503. */
import { health } from '@glasshouse/shared/health'
import { Router } from 'express'
import type { Context } from '../context'
import { methodNotAllowed } from '../problem'

export function healthEndpoint({ db, log }: Context): Router {
  const router = Router()
  router.get(
    '/',
    health(() => db.selectFrom('events').select('id').limit(1).execute(), log),
  )
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}
