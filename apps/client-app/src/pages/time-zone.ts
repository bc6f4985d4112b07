/** Stores the browser's time zone. Our script reports it once; everything works without it too. */
import { Router } from 'express'
import 'express-session'
import { isTimeZone } from '../calendar/time'
import { userOf } from '../session'

export function timeZoneEndpoint(): Router {
  const router = Router()
  router.post('/', (request, response) => {
    const zone: unknown = request.body?.timeZone
    if (isTimeZone(zone)) {
      userOf(request)
      request.session.timeZone = zone
    }
    response.sendStatus(204)
  })
  return router
}
