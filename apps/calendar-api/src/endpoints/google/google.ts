/**
 * Google Calendar's own addresses (https://developers.google.com/workspace/calendar/api/v3/reference), so that its client
 * libraries work when they are told only where this API is. What is the same and what is not: `docs/google.md`.
 */
import { Router } from 'express'
import type { Context } from '../../context'
import { notFound, problems } from '../../problem'
import { eventsEndpoint } from '../events'
import { calendarListEndpoint } from './calendar-list'
import { calendarsEndpoint } from './calendars'
import { colorsEndpoint } from './colors'
import { googleDoor } from './door'
import { GOOGLE_ERRORS } from './errors'
import { freeBusyEndpoint } from './free-busy'
import { moveEndpoint } from './move'

export const GOOGLE_PATH = '/calendar/v3'

export function googleAddresses(context: Context): Router {
  const router = Router({ caseSensitive: true })
  router.use('/users/me/calendarList', calendarListEndpoint(context))
  router.use('/calendars/:calendarId/events/:id/move', moveEndpoint(context))
  router.use('/calendars/:calendarId/events', eventsEndpoint(context, googleDoor(context.db)))
  router.use('/calendars', calendarsEndpoint(context))
  router.use('/freeBusy', freeBusyEndpoint(context))
  router.use('/colors', colorsEndpoint(context))
  router.use(notFound, problems(context.log, GOOGLE_ERRORS))
  return router
}
