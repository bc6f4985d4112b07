/**
 * `POST /reports`: what the services report. Only programs on this machine may report: a page in a browser sends an `Origin`,
 * and another machine has another address.
 */
import { json, Router } from 'express'
import { readReport } from '../capture/read-report'
import type { Context } from '../context'

/** In bytes. A batch of 50 exchanges with the longest bodies at both messages, and their headers. */
const REPORT_LIMIT = 16 * 1024 * 1024

export function reportsEndpoint(context: Context): Router {
  const router = Router()
  router.post('/', (request, response, next) => {
    const { remoteAddress, localAddress } = request.socket
    const isHere = remoteAddress === localAddress || /^(?:::ffff:)?127\.|^::1$/.test(remoteAddress ?? '')
    if (isHere && request.headers.origin === undefined && request.headers['x-forwarded-for'] === undefined)
      return next()
    response.status(403).end()
  })
  router.post('/', json({ limit: REPORT_LIMIT }), async (request, response) => {
    await context.recorder.take(readReport(request.body))
    response.status(204).end()
  })
  router.all('/', (_request, response) => void response.set('Allow', 'POST').status(405).end())
  return router
}
