/** `/runs/:id/lights`: the five lights of a run, and the buttons that change them. */
import express, { type Request, Router } from 'express'
import type { Context } from '../context'
import { allowLevers, fromOwnPage } from '../forms'
import { letTokenExpire } from '../lights/expire'
import { lightsOf } from '../lights/lights'
import { findRun } from '../visibility'

export function lightsPages(context: Context): Router {
  const { addresses } = context.config
  const router = Router()

  router.get('/:id/lights', async (request: Request<{ id: string }>, response) => {
    const run = await findRun(context, request, request.params.id)
    allowLevers(response, addresses)
    response.render('lights', { run, lights: await lightsOf(context, request, run) })
  })

  router.post(
    '/:id/lights/expire',
    fromOwnPage(addresses.labUrl),
    express.urlencoded({ extended: false, limit: '4kb' }),
    async (request: Request<{ id: string }>, response) => {
      const run = await findRun(context, request, request.params.id)
      const exchange = await letTokenExpire(context, run)
      const back = new URL(String(request.body?.back ?? ''), addresses.labUrl)
      const target = back.origin === addresses.labUrl ? back : new URL(`/runs/${run.id}/lights`, addresses.labUrl)
      target.searchParams.set('pressed', exchange)
      response.redirect(303, target.pathname + target.search + target.hash)
    },
  )
  return router
}
