/** A user's list of calendars, and how it shows them (Google Calendar API v3, CalendarList). */
import { createHash } from 'node:crypto'
import { type Request, type Response, Router } from 'express'
import { bearerToken, ownerOf } from '../../bearer-token'
import { type Calendar, type Entry, formatEntry, isPrimary, NEW_ENTRY } from '../../calendar/calendar'
import { mergeEntry, readEntry, requireObject } from '../../calendar/calendar-input'
import type { Context } from '../../context'
import { FOR_CALENDARS } from '../../google-scopes'
import { acceptPatch, jsonBody, PATCH_TYPES } from '../../json-body'
import { invalid, methodNotAllowed, noSuchCalendar, Problem } from '../../problem'
import { queryOf } from '../../request-target'
import * as calendars from '../../store/calendars'
import { tokenChecksOf } from '../../token-checks'
import { sendJson } from '../answer'
import { answerRead, answerWritten, attempt } from './answer'
import { calendarIn } from './door'

export function calendarListEndpoint(context: Context): Router {
  const { db, clock } = context
  const requireScope = bearerToken(tokenChecksOf(context))
  const mayRead = requireScope('calendar.read', FOR_CALENDARS['calendar.read'])
  const mayWrite = requireScope('calendar.write', FOR_CALENDARS['calendar.write'])
  const body = jsonBody('application/json')
  const patch = jsonBody(...PATCH_TYPES)
  const router = Router({ caseSensitive: true })

  // A user has few calendars, so there is only one page.
  router.get('/', mayRead, async (request, response) => {
    const hiddenToo = queryOf(request.url).get('showHidden') === 'true'
    const all = await calendars.listOf(db, ownerOf(response))
    const shown = all.filter(({ entry }) => !entry.removed && (hiddenToo || !entry.hidden))
    sendJson(response, { kind: 'calendar#calendarList', etag: tagOf(shown), items: shown.map(formatEntry) })
  })

  // Adds a calendar that was removed from the list.
  router.post('/', mayWrite, body, async (request, response) => {
    const { id } = requireObject(request.body)
    if (typeof id !== 'string') throw invalid({ pointer: '#/id' }, 'must be the id of one of your calendars')
    Object.assign(request.params, { calendarId: id })
    await changeEntry(request, response, () => readEntry(request.body, rgbCounts(request)))
  })

  router.get('/:calendarId', mayRead, async (request, response) => {
    const calendar = listed(await calendarIn(request, db, ownerOf(response)))
    answerRead(request, response, calendar, formatEntry(calendar))
  })

  router.put('/:calendarId', mayWrite, body, (request, response) =>
    changeEntry(request, response, calendar => {
      listed(calendar)
      return readEntry(request.body, rgbCounts(request))
    }),
  )

  // RFC 5789, with the merge patch of RFC 7396.
  router.patch('/:calendarId', mayWrite, patch, (request, response) =>
    changeEntry(request, response, calendar =>
      readEntry(mergeEntry(listed(calendar).entry, request.body, rgbCounts(request)), true),
    ),
  )

  // Removes a calendar from the list. The calendar itself stays.
  router.delete('/:calendarId', mayWrite, async (request, response) => {
    await attempt(db, request, response, calendar => {
      if (isPrimary(listed(calendar))) {
        throw new Problem(403, 'The primary calendar cannot be removed from the list. Hide it instead.', {
          check: 'calendar.primary',
        })
      }
      return calendars.replace(db, calendar, { ...calendar, entry: { ...NEW_ENTRY, removed: true } }, clock())
    })
    response.status(204).end()
  })

  async function changeEntry(request: Request, response: Response, entryOf: (calendar: Calendar) => Entry) {
    const changed = await attempt(db, request, response, calendar =>
      calendars.replace(db, calendar, { ...calendar, entry: entryOf(calendar) }, clock()),
    )
    answerWritten(response, changed, formatEntry(changed))
  }

  router.all('/', methodNotAllowed('GET, HEAD, POST'))
  router.all('/:calendarId', methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE', acceptPatch(PATCH_TYPES)))
  return router
}

/** @throws Problem 404 if the calendar was removed from the list */
function listed(calendar: Calendar): Calendar {
  if (calendar.entry.removed) throw noSuchCalendar()
  return calendar
}

/** Google's parameter: whether the colours of the body count, instead of its `colorId`. */
function rgbCounts({ url }: Request): boolean {
  return queryOf(url).get('colorRgbFormat') === 'true'
}

/** A tag that is new when a calendar of the list is. */
function tagOf(calendars: Calendar[]): string {
  const tags = calendars.map(({ id, etag }) => id + etag).join()
  return `"${createHash('sha256').update(tags).digest('base64url').slice(0, 16)}"`
}
