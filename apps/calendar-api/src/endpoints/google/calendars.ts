/** A user's calendars: what they are called (Google Calendar API v3, Calendars). */
import { type RequestHandler, Router } from 'express'
import { bearerToken, ownerOf } from '../../bearer-token'
import { type Calendar, formatCalendar, isPrimary } from '../../calendar/calendar'
import { mergeCalendar, readCalendar } from '../../calendar/calendar-input'
import type { Context } from '../../context'
import { FOR_CALENDARS } from '../../google-scopes'
import { acceptPatch, jsonBody, PATCH_TYPES } from '../../json-body'
import { methodNotAllowed, Problem } from '../../problem'
import * as calendars from '../../store/calendars'
import { tokenChecksOf } from '../../token-checks'
import { answerRead, answerWritten, attempt } from './answer'
import { calendarIn } from './door'

export function calendarsEndpoint(context: Context): Router {
  const { db, clock } = context
  const requireScope = bearerToken(tokenChecksOf(context))
  const mayRead = requireScope('calendar.read', FOR_CALENDARS['calendar.read'])
  const mayWrite = requireScope('calendar.write', FOR_CALENDARS['calendar.write'])
  const body = jsonBody('application/json')
  const patch = jsonBody(...PATCH_TYPES)
  const router = Router({ caseSensitive: true })

  router.post('/', mayWrite, body, async (request, response) => {
    const calendar = await calendars.add(db, ownerOf(response), readCalendar(request.body), clock())
    if (!calendar) {
      const why = `You have ${calendars.MOST_CALENDARS} calendars, which is the most that a user can have. Delete one first.`
      throw new Problem(403, why, { check: 'calendar.count' })
    }
    answerWritten(response, calendar, formatCalendar(calendar))
  })

  router.get('/:calendarId', mayRead, async (request, response) => {
    const calendar = await calendarIn(request, db, ownerOf(response))
    answerRead(request, response, calendar, formatCalendar(calendar))
  })

  router.put(
    '/:calendarId',
    mayWrite,
    body,
    change(({ body }) => body),
  )
  // RFC 5789, with the merge patch of RFC 7396.
  router.patch(
    '/:calendarId',
    mayWrite,
    patch,
    change(({ body }, { about }) => mergeCalendar(about, body)),
  )

  router.delete('/:calendarId', mayWrite, async (request, response) => {
    await attempt(db, request, response, async calendar => {
      if (isPrimary(calendar)) {
        throw new Problem(403, 'The primary calendar cannot be deleted. Its events can: POST to …/clear.', {
          check: 'calendar.primary',
        })
      }
      return (await calendars.remove(db, calendar, clock())) || undefined
    })
    response.status(204).end()
  })

  router.post('/:calendarId/clear', mayWrite, async (request, response) => {
    const calendar = await calendarIn(request, db, ownerOf(response))
    if (!isPrimary(calendar)) {
      throw new Problem(400, 'Only the primary calendar can be cleared. Delete the other calendar instead.', {
        check: 'calendar.secondary',
      })
    }
    await calendars.clear(db, calendar.id, clock())
    response.status(204).end()
  })

  function change(sent: (request: { body: unknown }, current: Calendar) => unknown): RequestHandler {
    return async (request, response) => {
      const changed = await attempt(db, request, response, calendar =>
        calendars.replace(db, calendar, { ...calendar, about: readCalendar(sent(request, calendar)) }, clock()),
      )
      answerWritten(response, changed, formatCalendar(changed))
    }
  }

  router.all('/', methodNotAllowed('POST'))
  router.all('/:calendarId', methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE', acceptPatch(PATCH_TYPES)))
  router.all('/:calendarId/clear', methodNotAllowed('POST'))
  return router
}
