/** What somebody sees who opens this API's own address in a browser. */
import { Router } from 'express'
import { methodNotAllowed } from '../problem'

export function homePage(): Router {
  const router = Router()
  router.get('/', (_request, response) => response.render('home'))
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}
