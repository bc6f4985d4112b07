/** The start page of this server. */
import { Router } from 'express'
import type { Context } from '../context'
import { signedIn } from '../session'

export function homePage(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    response.render('home', { owner: await signedIn(context, request) })
  })
  return router
}
