/** The Lab's front door. */
import { Router } from 'express'
import type { Context } from '../context'

export function homePage(_context: Context): Router {
  const router = Router()
  router.get('/', (_request, response) => response.render('home'))
  // The room's address as people guess it, and as a lesson may print it.
  router.get('/watch', (_request, response) => response.redirect(302, '/runs'))
  return router
}
