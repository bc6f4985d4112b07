/** Moves an event to another calendar of the same user (Google Calendar API v3, Events: move). */
import { Router } from 'express'
import { bearerToken, ownerOf } from '../../bearer-token'
import type { Context } from '../../context'
import { invalid, methodNotAllowed, noSuchCalendar, Problem } from '../../problem'
import { queryOf } from '../../request-target'
import * as calendars from '../../store/calendars'
import { move } from '../../store/move'
import { tokenChecksOf } from '../../token-checks'
import { sendJson } from '../answer'
import { attempt } from '../stored-event'
import { calendarIn, googleDoor } from './door'

export function moveEndpoint(context: Context): Router {
  const { db, clock } = context
  const mayWrite = bearerToken(tokenChecksOf(context))('calendar.write')
  const door = googleDoor(db)
  const router = Router({ mergeParams: true })

  router.post('/', mayWrite, async (request, response) => {
    const owner = ownerOf(response)
    const from = await calendarIn(request, db, owner)
    const destination = queryOf(request.url).get('destination')
    if (!destination) throw invalid({ parameter: 'destination' }, 'is missing. Name the calendar to move the event to')
    const to = await calendars.find(db, owner, destination === 'primary' ? owner : destination)
    if (!to) throw noSuchCalendar()
    if (to.id === from.id) throw invalid({ parameter: 'destination' }, 'must be another calendar')
    const moved = await attempt(db, request, from.id, async ({ event }) => {
      if (event.recurringEventId !== undefined) {
        throw new Problem(400, 'A single event of a series cannot be moved. Move the series.', { check: 'event.move' })
      }
      return move(db, event, from.id, to.id, clock())
    })
    if (moved === 'conflict') {
      throw new Problem(409, 'The other calendar already has an event with this id.', { check: 'event.id' })
    }
    sendJson(response.set('ETag', moved.etag), door.formatEvent(moved))
  })

  router.all('/', methodNotAllowed('POST'))
  return router
}
