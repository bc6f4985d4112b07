/** The colours that calendars and events can have (Google Calendar API v3, Colors). */
import { Router } from 'express'
import { bearerToken } from '../../bearer-token'
import { COLORS } from '../../calendar/colors'
import type { Context } from '../../context'
import { FOR_CALENDARS } from '../../google-scopes'
import { methodNotAllowed } from '../../problem'
import { tokenChecksOf } from '../../token-checks'
import { sendJson } from '../answer'

/** When Google last changed them. */
const UPDATED = '2012-02-14T00:00:00.000Z'

export function colorsEndpoint(context: Context): Router {
  const mayRead = bearerToken(tokenChecksOf(context))('calendar.read', FOR_CALENDARS['calendar.read'])
  const router = Router()
  router.get('/', mayRead, (_request, response) => {
    sendJson(response, { kind: 'calendar#colors', updated: UPDATED, ...COLORS })
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}
