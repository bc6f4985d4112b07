/** The Lab's front door. */
import { Router } from 'express'
import type { Context } from '../context'

export function homePage(_context: Context): Router {
  const router = Router()
  router.get('/', (_request, response) => response.render('home'))
  return router
}
