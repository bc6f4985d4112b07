/** `/glossary`: every term, in two sentences, with an example from the scenario. */
import { Router } from 'express'
import { GLOSSARY } from '../glossary/terms'

export function glossaryPage(): Router {
  const router = Router()
  router.get('/', (_request, response) => response.render('glossary', { groups: GLOSSARY }))
  return router
}
